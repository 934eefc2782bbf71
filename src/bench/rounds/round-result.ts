import type { CoreReadings } from '../../measure/core-probe.ts';
import type { CounterSlice, ErrorSlice, GaugeSlice, HistogramSlice } from '../../model/interval.ts';
import type { SubjectPlan } from '../../model/plan.ts';

/** One subject at one concurrency, once. */
export interface RoundTask {
  readonly subject: SubjectPlan;
  readonly concurrency: number;
  /** From 1. */
  readonly round: number;
  /** What a comparison of two versions asks for beside; absent: nothing. */
  readonly extras?: RoundExtras;
}

interface RoundExtras {
  /** Tell what an operation used. */
  readonly usage: boolean;
  /** Measure for some milliseconds at a time, in turns with others. Not in the open model, which stands still for nobody. */
  readonly turns: boolean;
  /** Make every operation longer by this share of its own time (slow-down.ts); null: leave them alone. */
  readonly slowdown: number | null;
  /** Wherever this package is imported, it comes from the folder's node_modules; null: as Node finds it. */
  readonly package: PackageFolder | null;
}

export interface PackageFolder {
  readonly name: string;
  /** Absolute; the one that node_modules lies in. */
  readonly folder: string;
}

/** What the process used while it was measured, perfkit's own loop included, and without what it did while others had their turn. */
export interface RoundUsage {
  /** That completed, or failed. */
  readonly operations: number;
  readonly cpuNs: number;
  readonly allocatedBytes: number;
  readonly gcCount: number;
  readonly gcNs: number;
}

/** What a round measured; plain data, sent from the child process. */
export interface RoundResult {
  readonly durationNs: number;
  readonly histograms: readonly HistogramSlice[];
  readonly counters: readonly CounterSlice[];
  readonly gauges: readonly GaugeSlice[];
  readonly errors: readonly ErrorSlice[];
  readonly evidence: RoundEvidence;
  /** When it was asked for. */
  readonly usage?: RoundUsage;
}

/** What the numbers rest on, for the validity of the run. */
export interface RoundEvidence {
  readonly complete: boolean;
  readonly deadCode: string | null;
  readonly callsPerSecond: number;
  /** CPU time over wall time, where the subject had nothing to wait for; null otherwise. */
  readonly cpuShare: number | null;
  /** How fast the core was; null in the open model, where turns were taken, and in a round too short for a reading. */
  readonly core: CoreReadings | null;
}

export interface RoundHooks {
  readonly signal: AbortSignal;
  /** Warm-up is over. */
  readonly onMeasuring: () => void;
  /** The subject is made, or a turn is over: let others go on; resolves when it is this round's turn. */
  readonly passTurn?: () => Promise<void>;
}
