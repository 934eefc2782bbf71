import type { Tags } from './interval.ts';
import type { MetricDefinition } from './metrics.ts';
import type { Unit } from './units.ts';

/** Two results compared: the document that `perfkit compare --json` prints (schema/comparison-v1.json). */
export interface Comparison {
  readonly schema: 'perfkit/comparison@1';
  readonly perfkit: string;
  readonly base: ComparedRun;
  readonly head: ComparedRun;
  readonly settings: ComparisonSettings;
  readonly outcome: ComparisonOutcome;
  /** The two differ in what must match, and were compared all the same: the outcome gates nothing. */
  readonly advisory: boolean;
  readonly reasons: readonly string[];
  readonly scenarios: readonly ScenarioComparison[];
}

interface ComparedRun {
  /** Where it was read from, for people. */
  readonly label: string;
  readonly perfkit: string;
  /** ISO 8601, UTC. */
  readonly started: string;
}

export interface ComparisonSettings {
  /** Smallest change that counts, as a share; P99 takes twice of it. */
  readonly threshold: number;
  /** Of the intervals; half of what it leaves is the chance of any false "worse" at the threshold. */
  readonly confidence: number;
  /** Metrics that decide; null: those that perfkit chooses. */
  readonly gates: readonly string[] | null;
  readonly advisory: boolean;
  /** "cannot tell" fails, too. */
  readonly strict: boolean;
}

/** `refused`: the two are not comparable. `no data`: a series that decides is missing or empty, or there is none. */
export type ComparisonOutcome = 'better' | 'worse' | 'same' | 'cannot tell' | 'refused' | 'no data';

export interface ScenarioComparison {
  readonly name: string;
  readonly outcome: ComparisonOutcome;
  readonly reasons: readonly string[];
  /** What one should know, though it does not decide. */
  readonly notes: readonly string[];
  /** Fields that must be the same and are not. */
  readonly differences: readonly ComparisonDifference[];
  readonly series: readonly SeriesComparison[];
}

export interface ComparisonDifference {
  readonly field: string;
  readonly base: string;
  readonly head: string;
}

export type Statistic = 'p50' | 'p95' | 'p99' | 'rate' | 'value';

/** One statistic of one metric and set of tags. */
export interface SeriesComparison {
  readonly metric: string;
  /** Without `name` or `op` where the parts are added up. */
  readonly tags: Tags;
  readonly statistic: Statistic;
  readonly unit: Unit;
  readonly perSecond: boolean;
  readonly better: MetricDefinition['better'];
  /** The value of the whole run; null where there is none. */
  readonly base: SideValue | null;
  readonly head: SideValue | null;
  /** Null where there are not two values. */
  readonly change: Change | null;
  /** It decides. */
  readonly gated: boolean;
  readonly verdict: SeriesVerdict;
  /** A change for the worse by the threshold is ruled out. */
  readonly notWorse: boolean;
  /** Why, when the verdict does not speak for itself. */
  readonly reason: string | null;
}

export type SeriesVerdict =
  | 'better'
  | 'worse'
  | 'same'
  | 'cannot tell'
  /** Too few samples, or no direction is better: shown, and never decides. */
  | 'descriptive'
  | 'missing'
  | 'new'
  | 'no data';

export interface SideValue {
  readonly value: number;
  /** The truth is at least the value: it falls among operations that never completed. */
  readonly bounded: boolean;
  readonly samples: number;
  /** Rounds or seconds that it was measured in. */
  readonly replicates: number;
}

export interface Change {
  /** `ratio`: head / base - 1. `difference`: head - base, in the unit (a share: 0.01 is one point). */
  readonly scale: 'ratio' | 'difference';
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Smallest change that counts. */
  readonly threshold: number;
  /** Smallest change for the worse that would have been found four times out of five; null when it is not known. */
  readonly detectable: number | null;
  /** Probability of such evidence for "worse" if the change were the threshold, after Holm; null when not tested. */
  readonly p: number | null;
  readonly method: ChangeMethod;
}

/**
 * `rank sum`: Mann-Whitney over rounds. `welch`: Welch's t over their logarithms, where the rank test cannot reach the
 * probability that is needed. `blocks`: bootstrap over seconds. `ranks`: order statistics of independent samples.
 */
export type ChangeMethod = 'rank sum' | 'welch' | 'blocks' | 'ranks' | 'none';
