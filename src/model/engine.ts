import type { Interval } from './interval.ts';
import type { Plan } from './plan.ts';
import type { SlowOperation, Validity } from './result.ts';

/**
 * The seam between `run` and an engine: carry out the plan, hand every interval to the sink as soon as it is
 * over, and say how far the generator's own evidence supports the numbers. Failed operations are counted, never
 * thrown; a rejection means that the run could not be carried out (PerfkitError) or a defect. On abort the engine
 * stops within a second or so, delivers what it has and resolves with `complete: false`.
 */
export type Engine<P extends Plan> = (plan: P, context: EngineContext) => Promise<EngineOutcome>;

export interface EngineContext {
  /** Never blocks and never throws; called in order of time. */
  readonly sink: (interval: Interval) => void;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

export interface Progress {
  /** Share of the planned work that is done, 0 to 1. */
  readonly done: number;
  /** What is going on, a few words: "lru round 2/3", "steady 400/s". */
  readonly label: string;
}

export interface EngineOutcome {
  readonly complete: boolean;
  readonly validity: Validity;
  readonly slowest?: readonly SlowOperation[];
}
