import type { Tags } from './interval.ts';
import type { MetricDefinition } from './metrics.ts';
import type { Unit } from './units.ts';

/** One scenario's run: the document that `--json` prints and `result.json` holds (schema/result-v1.json). */
export interface RunResult {
  readonly schema: 'perfkit/result@1';
  readonly perfkit: string;
  readonly scenario: ResultScenario;
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly durationNs: number;
  /** False when the run was interrupted: what is here was measured, but not all that was planned. */
  readonly complete: boolean;
  /** Why perfkit itself stopped the run before its end; absent when it did not. Such a run fails. */
  readonly aborted?: string;
  readonly validity: Validity;
  readonly series: readonly Series[];
  /** One-second slices (load; coarser for long runs) or rounds (bench), for windows, slopes and charts. */
  readonly intervals: readonly IntervalSummary[];
  readonly errors: readonly ErrorSummary[];
  /** Load: the slowest operations of the measured phases, slowest first; failed ones and those cut at the end are among them. */
  readonly slowest?: readonly SlowOperation[];
  readonly verdict: Verdict;
}

/** Several scenarios run by one command. */
export interface SuiteResult {
  readonly schema: 'perfkit/suite@1';
  readonly perfkit: string;
  readonly started: string;
  readonly durationNs: number;
  readonly results: readonly RunResult[];
  readonly verdict: Verdict;
}

interface ResultScenario {
  readonly name: string;
  readonly kind: 'bench' | 'load';
  readonly file: string | null;
  readonly hash: string;
  readonly seed: number;
  readonly tags: readonly string[];
  /** Definitions of the metrics in `series`: a result is read without the scenario. */
  readonly metrics: readonly MetricDefinition[];
  /** Subject that `reference` means in targets. */
  readonly reference: string | null;
}

/** What two results must share to be compared. */
export interface Environment {
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly arch: string;
  readonly osRelease: string;
  readonly cpuModel: string;
  readonly cores: number;
  /** Cores that a cgroup quota leaves; null where there is none. */
  readonly cpuQuota: number | null;
  readonly memoryBytes: number;
  readonly ci: string | null;
  readonly loadAverage1m: number;
  readonly clockCostNs: number;
  /** SHA-256 over the fields that must match, first 16 hex digits. */
  readonly fingerprint: string;
}

/** How far the generator's own evidence lets one trust the numbers. INVALID never passes. */
export interface Validity {
  readonly state: 'valid' | 'suspect' | 'invalid';
  readonly reasons: readonly string[];
  /** Present when the generator itself could not do (all of) what was asked of it. */
  readonly limit?: 'generator';
  /** What one should know about how it was measured, though it makes no number wrong. */
  readonly notes?: readonly string[];
}

/** One metric with one set of tags; only the fields that its kind has. Durations in ns. */
export interface Series {
  readonly metric: string;
  readonly tags: Tags;
  readonly unit: Unit;
  readonly kind: 'histogram' | 'counter' | 'gauge';
  /** Histogram: samples, censored ones included. Counter: the count. Gauge: readings. */
  readonly count: number;
  readonly min?: number;
  readonly mean?: number;
  readonly p50?: number;
  readonly p75?: number;
  readonly p90?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly p999?: number;
  readonly max?: number;
  /** Counter: per second, or the share of attempts, as the metric's definition says. */
  readonly rate?: number;
  /** What the rate was divided by: nanoseconds or attempts. */
  readonly of?: number;
  /** Gauge: mean of its readings. */
  readonly value?: number;
  /** How many of `count` are known only to be at least so long (time-outs, in flight at the end, dropped). */
  readonly censored?: number;
  /** Percentiles above this one (0-100) fall among the censored samples: they are lower bounds. */
  readonly boundedFrom?: number;
  /** HDR V2, zlib, base64: successes only. */
  readonly histogram?: string;
  /** The censored samples, encoded likewise. */
  readonly censoredHistogram?: string;
  /** How the values were taken, where that is not one reading a call. */
  readonly note?: string;
}

export interface IntervalSummary {
  readonly startNs: number;
  readonly durationNs: number;
  readonly tags: Tags;
  readonly measured: boolean;
  readonly series: readonly Series[];
}

export interface ErrorSummary {
  readonly class: string;
  readonly tags: Tags;
  readonly count: number;
  /** One example, shortened, control characters and secrets removed. */
  readonly example: string;
}

/** One operation of a load; times are from the start of the run, parts that are not known are null. */
export interface SlowOperation {
  /** Which variant of the server; absent where there is one only. */
  readonly subject?: string;
  readonly phase: string;
  /** Its step. */
  readonly name: string;
  /** Class of the error that it ended with; without one it succeeded. */
  readonly failure?: string;
  readonly dueNs: number;
  /** Null when it was never sent. */
  readonly sentNs: number | null;
  /** Null also when the reply came in one piece. */
  readonly firstByteNs: number | null;
  readonly endNs: number;
  /** How long it waited for a connection of its own to open, and what of that was TLS. */
  readonly openNs: number | null;
  readonly tlsNs: number | null;
  /** Longest time by which the generator itself was late meanwhile: so much of it may not be the server's. */
  readonly generatorDelayNs: number;
}

export type Outcome = 'pass' | 'fail' | 'invalid' | 'undecided';

export interface Verdict {
  readonly outcome: Outcome;
  readonly reasons: readonly string[];
  readonly targets: readonly TargetResult[];
}

export type TargetOutcome = 'pass' | 'fail' | 'no data' | 'underpowered' | 'warn';

export interface TargetResult {
  readonly id: string | null;
  readonly scenario: string;
  readonly expr: string;
  readonly source: string | null;
  readonly severity: 'error' | 'warn';
  readonly line: number | null;
  readonly outcome: TargetOutcome;
  readonly actual: number | null;
  /** True when the actual value is only a lower bound (censored samples). */
  readonly bounded: boolean;
  readonly limit: number | null;
  /** How far inside the limit, as a share of it; negative when outside. Null without data. */
  readonly margin: number | null;
  readonly unit: Unit;
  readonly perSecond: boolean;
  /** Tags of the series that decided (the worst one), for people. */
  readonly tags: Tags;
  /** Why, when it is not a plain pass or fail. */
  readonly reason: string | null;
}
