import type { Statistic } from './comparison.ts';
import type { Tags } from './interval.ts';
import type { MetricDefinition } from './metrics.ts';
import type { Environment, Validity } from './result.ts';
import type { Unit } from './units.ts';

/**
 * Two versions of one thing measured in turns on one machine, pair by pair: the document that `perfkit bench --refs`
 * saves (schema/paired-v1.json). The replicate is a process; each gives one value a series.
 */
export interface PairedRun {
  readonly schema: 'perfkit/paired@1';
  readonly perfkit: string;
  readonly base: PairedArm;
  readonly head: PairedArm;
  readonly scenario: PairedScenario;
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly durationNs: number;
  /** False when the run was interrupted before it was decided or had done its last look. */
  readonly complete: boolean;
  readonly settings: PairedSettings;
  /** When it may stop, declared before the first pair and never changed. */
  readonly looks: readonly PairedLook[];
  readonly pairs: readonly PairedSlot[];
  /** Pairs in which the base stood for both sides, in an order drawn likewise. */
  readonly control: readonly PairedSlot[];
  readonly series: readonly PairedSeries[];
  readonly validity: Validity;
  /** Null while nothing has been decided, and when the run was interrupted before its first look. */
  readonly decision: PairedDecision | null;
}

export interface PairedArm {
  /** What the user named: a git ref, a folder, a package. */
  readonly label: string;
  /** The commit or exact version; null where there is none, as for a working tree. */
  readonly revision: string | null;
}

export interface PairedScenario {
  readonly name: string;
  readonly file: string | null;
  readonly hash: string;
  readonly seed: number;
}

export interface PairedSettings {
  /**
   * Smallest change of a median or a rate that counts, as a share: 0.03. P95 takes 5/3 and P99 10/3 of it, so that the
   * default is 3 %, 5 % and 10 %.
   */
  readonly threshold: number;
  /** Chance, over all series and looks together, of any "worse" where nothing has changed: 0.01. */
  readonly falseAlarm: number;
  /**
   * Chance, for each series and over all looks, that a change is told to be on the wrong side of the threshold: 0.05.
   */
  readonly wrongSide: number;
  /** "inconclusive" fails, too. */
  readonly strict: boolean;
}

export interface PairedLook {
  /** Pairs done when it looks. */
  readonly pairs: number;
  /** Its part of the chances of error; the shares of all looks add up to 1. */
  readonly share: number;
}

/** One turn of both sides. */
export interface PairedSlot {
  /** From the start of the run. */
  readonly startNs: number;
  readonly order: 'base first' | 'head first';
}

/** A value per process: index i is pair i (or control i); null where the process gave none. */
export interface PairedValues {
  readonly base: readonly (number | null)[];
  readonly head: readonly (number | null)[];
}

export interface PairedSeries extends PairedValues {
  readonly metric: string;
  readonly tags: Tags;
  readonly statistic: Statistic;
  readonly unit: Unit;
  readonly perSecond: boolean;
  readonly better: MetricDefinition['better'];
  /** It is to decide. Whether it does is told by the decision: a percentile takes enough samples. */
  readonly gated: boolean;
  /** Smallest change of this series that counts, as a share; null for that of the settings. */
  readonly threshold: number | null;
  /** Smallest difference that counts, in the unit; 0 for none. Durations have one of their own beside it. */
  readonly floor: number;
  readonly control: PairedValues;
  /** Fewest samples that any of the processes had; null for what is no percentile. */
  readonly samplesPerRun: number | null;
}

/**
 * `pass`: for every series that decides, a change for the worse by the threshold is ruled out. `fail`: one is shown.
 * `inconclusive`: neither. `no data`: a series that decides lacks values, or there is none. `unfit`: the machine tells
 * the base from itself.
 */
export type PairedOutcome = 'pass' | 'fail' | 'inconclusive' | 'no data' | 'unfit';

export interface PairedDecision {
  readonly outcome: PairedOutcome;
  readonly reasons: readonly string[];
  /** What one should know, though it does not decide. */
  readonly notes: readonly string[];
  /** Index of the look that it was made at. */
  readonly look: number;
  /** Pairs, and controls, that it is made of. */
  readonly pairs: number;
  readonly controls: number;
  /** In the order of the run's series. */
  readonly series: readonly SeriesDecision[];
}

export type PairedVerdict =
  | 'better'
  | 'worse'
  | 'same'
  | 'cannot tell'
  /** Too few samples, no direction is better, or it was not to decide: shown, and never decides. */
  | 'descriptive'
  | 'no data';

export interface SeriesDecision {
  readonly metric: string;
  readonly tags: Tags;
  readonly statistic: Statistic;
  readonly unit: Unit;
  readonly perSecond: boolean;
  readonly better: MetricDefinition['better'];
  readonly gated: boolean;
  /** Median of the processes' values; null without any. */
  readonly base: number | null;
  readonly head: number | null;
  /** Null where the values allow none. */
  readonly change: PairedChange | null;
  readonly verdict: PairedVerdict;
  /** A change for the worse by the threshold is ruled out. */
  readonly notWorse: boolean;
  /** How many more pairs would tell, if what was seen is the truth; null where that is not the question, or too many. */
  readonly morePairs: number | null;
  /** Why, when the verdict does not speak for itself. */
  readonly reason: string | null;
}

/** What the pairs say of one series. On the scale `ratio` 0.05 is 5 % more; `difference` is in the unit. */
export interface PairedChange {
  readonly scale: 'ratio' | 'difference';
  /** Hodges and Lehmann: median of the means of any two pairs. */
  readonly estimate: number;
  /** Null where there are too few pairs for the look's confidence. */
  readonly interval: readonly [number, number] | null;
  /** Of the interval, at this look. */
  readonly confidence: number;
  /** Smallest change that counts. */
  readonly threshold: number;
  /** From where a change is told to be worse: the threshold, or more where the control moves more than that. */
  readonly worseFrom: number;
  /** Standard deviation over the pairs, and over the controls, on the scale that is tested; null with fewer than two. */
  readonly spread: number | null;
  readonly controlSpread: number | null;
  /** Smallest change for the worse that this many pairs find four times out of five, as for less is better. */
  readonly detectable: number | null;
  /** Probability of such evidence for "worse" if nothing had changed, after Holm; null when not tested. */
  readonly p: number | null;
  /** Of `p`. `paired t`: where the ranks of so few pairs cannot reach the probability that is needed. */
  readonly method: 'signed rank' | 'paired t';
}
