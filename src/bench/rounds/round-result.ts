import type { CounterSlice, ErrorSlice, GaugeSlice, HistogramSlice } from '../../model/interval.ts';
import type { SubjectPlan } from '../../model/plan.ts';

/** One subject at one concurrency, once. */
export interface RoundTask {
  readonly subject: SubjectPlan;
  readonly concurrency: number;
  /** From 1. */
  readonly round: number;
}

/** What a round measured; plain data, sent from the child process. */
export interface RoundResult {
  readonly durationNs: number;
  readonly histograms: readonly HistogramSlice[];
  readonly counters: readonly CounterSlice[];
  readonly gauges: readonly GaugeSlice[];
  readonly errors: readonly ErrorSlice[];
  readonly evidence: RoundEvidence;
}

/** What the numbers rest on, for the validity of the run. */
export interface RoundEvidence {
  readonly complete: boolean;
  readonly deadCode: string | null;
  readonly callsPerSecond: number;
  /** CPU time over wall time, where the subject had nothing to wait for; null otherwise. */
  readonly cpuShare: number | null;
}

export interface RoundHooks {
  readonly signal: AbortSignal;
  /** Warm-up is over. */
  readonly onMeasuring: () => void;
}
