import type { LoadPlan } from '../../model/plan.ts';
import type { Totals } from '../record/totals.ts';

/** What the generator saw of itself during a run; plain data, from the worker to `judgeValidity`. */
export interface Evidence {
  readonly pacing: LoadPlan['limits']['pacing'];
  readonly phases: readonly PhaseEvidence[];
  /** Failures of the measured phases by class. */
  readonly errors: Readonly<Record<string, number>>;
  /** Longest time by which a once-a-second tick was late. */
  readonly maxTickLateNs: number;
  /** Largest step of the wall clock against the monotonic one between two ticks. */
  readonly maxClockStepNs: number;
}

export interface PhaseEvidence {
  readonly name: string;
  readonly model: 'open' | 'closed';
  readonly measured: boolean;
  readonly durationNs: number;
  readonly totals: Totals;
  /** Open model: starts that the schedule had by the end, and those handed over by then. */
  readonly intended: number;
  readonly started: number;
  /** Open model: from due to handed over (the generator's own lateness). */
  readonly lagP50Ns: number;
  readonly lagP99Ns: number;
  readonly responseP50Ns: number;
  readonly responseP99Ns: number;
  /** The thread watched the clock for starts: its CPU time does not say how busy it was. */
  readonly awake: boolean;
  /** CPU time of the generator's thread over wall time. */
  readonly cpu: number;
  /** Seconds, and those of them in which the event loop was blocked for longer than `blockedNs`. */
  readonly seconds: number;
  readonly blockedSeconds: number;
  readonly maxLoopDelayNs: number;
}

/** An event-loop delay that a load generator should never have. */
export const blockedNs = 50e6;
