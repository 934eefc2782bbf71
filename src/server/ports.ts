import type { Timers } from '../components/internal/timers.ts';
import type { RecordEvent } from './monitoring/log-event.ts';

/** What a server needs of the world around it; tests give a virtual clock. */
export interface Ports {
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly timers: Timers;
  /** Calls back in the next turn of the event loop, for what must be on time to the fraction of a millisecond. @default timers only */
  readonly nextTurn?: (callback: () => void) => void;
  /** Milliseconds since 1970, for what is stored. */
  readonly today: () => number;
  /** A line for whoever runs the server. */
  readonly log: (line: string) => void;
  /** The same as an event, for a log that machines read. @default printed, and given to `log` */
  readonly record?: RecordEvent;
}
