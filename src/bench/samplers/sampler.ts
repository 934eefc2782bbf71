import type { Clock } from '../../measure/clock.ts';
import type { VirtualClock } from '../subjects/driver.ts';
import type { Loops } from './load-loops.ts';
import type { Schedule } from './loops.ts';
import type { RoundRecorder } from '../record/recorder.ts';

/** Calls the subject for one round, warm-up and measurement, and records what it took. */
export type Sampler = (setup: SamplerSetup) => Promise<SamplerOutcome>;

export interface SamplerSetup {
  readonly schedule: Schedule;
  readonly loops: Loops;
  readonly recorder: RoundRecorder;
  readonly warmupNs: number;
  readonly forNs: number;
  /** Operations in flight at once, closed model. */
  readonly concurrency: number;
  /** Operations a second, open model; null in the closed one. */
  readonly ratePerSecond: number | null;
  readonly now: Clock;
  /** Set when `now` is a clock that stands still unless advanced. */
  readonly virtualClock: VirtualClock | null;
  readonly clockCostNs: number;
  readonly signal: AbortSignal;
  /** Called once, when the warm-up is over and nothing is recorded yet. */
  readonly onMeasuring: () => Promise<void>;
  /** Called between slices of a closed model, and awaited, in time that does not count. */
  readonly betweenSlices?: (measuring: boolean) => Promise<void> | undefined;
}

export interface SamplerOutcome {
  /** How the durations were taken, for reports; null for one reading a call. */
  readonly note: string | null;
  /** Why the operation seems to have been optimised away; null when it does not. */
  readonly deadCode: string | null;
  /** The thread had nothing to wait for, so that it should have had all of a core. */
  readonly busy: boolean;
}
