import type { Environment, ErrorSummary, Validity } from './result.ts';

/** What `perfkit capacity` found: the document that `--json` prints and `capacity.json` holds (schema/capacity-v1.json). */
export interface CapacityResult {
  readonly schema: 'perfkit/capacity@1';
  readonly perfkit: string;
  readonly scenario: CapacityScenario;
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly durationNs: number;
  readonly search: CapacitySearch;
  /** Every target that a step had to meet. */
  readonly targets: readonly CapacityTarget[];
  /** What was changed about the scenario for the search, for people. */
  readonly notes: readonly string[];
  /** In the order in which they were run. */
  readonly steps: readonly CapacityStep[];
  /** Latency against rate, by rising rate: the last step at each. What the chart shows. */
  readonly curve: readonly CurvePoint[];
  readonly outcome: CapacityOutcome;
  /** The highest rate that the targets were seen to hold at, flows started a second; null when there is none. */
  readonly capacityPerSecond: number | null;
  /** The capacity is the highest rate that was to be tried: the server may do more. */
  readonly atMaximum: boolean;
  readonly reasons: readonly string[];
}

/**
 * `found`: confirmed by a soak. `too slow`: the targets fail at the lowest rate. `generator`: perfkit or its machine
 * was the limit. `undecided`: no rate held for the soak. `interrupted`: by a signal; the steps so far are there.
 */
export type CapacityOutcome = 'found' | 'too slow' | 'generator' | 'undecided' | 'interrupted';

interface CapacityScenario {
  readonly name: string;
  readonly file: string | null;
  readonly hash: string;
  readonly seed: number;
}

/** How it was searched; rates are flows started a second. */
export interface CapacitySearch {
  readonly fromPerSecond: number;
  readonly maxPerSecond: number;
  /** The search ends when the lowest rate that fails is at most so much above the highest that holds. */
  readonly precision: number;
  readonly warmupNs: number;
  readonly stepNs: number;
  readonly soakNs: number;
  readonly pauseNs: number;
}

export interface CapacityTarget {
  readonly expr: string;
  readonly source: string | null;
  /** False for one that the scenario does not have, and perfkit added. */
  readonly fromScenario: boolean;
}

/** `invalid`: the generator's own evidence says that the numbers of this step are not the server's. */
export type StepOutcome = 'pass' | 'fail' | 'invalid';

export interface CapacityStep {
  readonly kind: 'search' | 'soak';
  /** 2 or 3 when a step that did not pass was run again. */
  readonly attempt: number;
  readonly ratePerSecond: number;
  /** Replies a second that succeeded while the load was on, and what they should have been. */
  readonly achievedPerSecond: number;
  readonly intendedPerSecond: number;
  readonly requests: number;
  /** Response time from when a request was due; null when nothing was recorded. */
  readonly latency: StepLatency | null;
  /** Share of the requests that failed. */
  readonly errorRate: number;
  readonly errors: readonly ErrorSummary[];
  readonly outcome: StepOutcome;
  readonly reasons: readonly string[];
  readonly validity: Validity;
}

/** Nanoseconds. A percentile above `boundedFrom` (0 to 100) is a lower bound: it falls among requests without reply. */
export interface StepLatency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly boundedFrom: number | null;
}

export interface CurvePoint {
  readonly ratePerSecond: number;
  readonly achievedPerSecond: number;
  readonly latency: StepLatency | null;
  readonly errorRate: number;
  readonly outcome: StepOutcome;
}
