import type { Statistic } from './comparison.ts';
import type { Tags } from './interval.ts';
import type { MetricDefinition } from './metrics.ts';
import type { Unit } from './units.ts';

/** One run of one scenario in a line of the history file (schema/history-v1.json). */
export interface HistoryEntry {
  readonly schema: 'perfkit/history@1';
  readonly scenario: string;
  readonly kind: 'bench' | 'load';
  /** Of the scenario: what decides what is measured. */
  readonly hash: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** What was measured; null when it is not known. */
  readonly commit: string | null;
  /** Files of the commit had been changed. */
  readonly dirty?: true;
  readonly perfkit: string;
  /** Of machine and runtime. */
  readonly fingerprint: string;
  readonly series: readonly HistoryValue[];
}

/** One statistic of one series that decides comparisons: six significant digits. */
export interface HistoryValue {
  readonly metric: string;
  readonly tags: Tags;
  readonly statistic: Statistic;
  readonly unit: Unit;
  readonly better: 'lower' | 'higher';
  readonly value: number;
  /** The truth is at least the value: it falls among operations that never completed. */
  readonly bounded?: true;
  readonly samples: number;
}

/** What `perfkit history` shows, and prints with `--json`. */
export interface HistoryReport {
  readonly schema: 'perfkit/history-report@1';
  readonly perfkit: string;
  readonly file: string;
  readonly notes: readonly string[];
  readonly scenarios: readonly ScenarioHistory[];
}

export interface ScenarioHistory {
  readonly name: string;
  /** Runs that can be compared with each other; those of the newest run first. */
  readonly groups: readonly HistoryGroup[];
}

/** Runs of one scenario as it was, on one machine and runtime. */
export interface HistoryGroup {
  readonly fingerprint: string;
  readonly hash: string;
  readonly runs: number;
  /** ISO 8601, UTC. */
  readonly first: string;
  readonly last: string;
  readonly trends: readonly Trend[];
}

export interface Trend {
  readonly metric: string;
  readonly tags: Tags;
  readonly statistic: Statistic;
  readonly unit: Unit;
  readonly perSecond: boolean;
  readonly better: MetricDefinition['better'];
  /** How changes are told. `ratio`: after / before - 1. `difference`: after - before, in the unit. */
  readonly scale: 'ratio' | 'difference';
  /** In the order of time. */
  readonly points: readonly TrendPoint[];
  readonly sincePrevious: LevelChange | null;
  /** Against the median of the ten before the latest; null with fewer than three. */
  readonly sinceMedian: LevelChange | null;
  readonly changePoints: readonly TrendChange[];
}

export interface TrendPoint {
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly commit: string | null;
  readonly dirty: boolean;
  readonly value: number;
  readonly bounded: boolean;
  readonly samples: number;
}

export interface LevelChange {
  readonly before: number;
  readonly after: number;
  /** On the trend's scale. */
  readonly change: number;
}

/** A change of level that lasts: means of the runs before and after it. */
export interface TrendChange extends LevelChange {
  readonly direction: 'better' | 'worse';
  /** The last run before it and the first one after it: the cause lies between their commits. */
  readonly from: TrendPoint;
  readonly to: TrendPoint;
  /** Two-sided probability that the levels beside it are one. */
  readonly p: number;
}
