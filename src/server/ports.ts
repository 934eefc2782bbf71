import type { Timers } from '../components/internal/timers.ts';

/** What a server needs of the world around it; tests give a virtual clock. */
export interface Ports {
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly timers: Timers;
  /** Milliseconds since 1970, for what is stored. */
  readonly today: () => number;
  /** A line for whoever runs the server. */
  readonly log: (line: string) => void;
}
