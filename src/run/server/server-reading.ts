import type { ErrorSlice, GaugeSlice, Tags } from '../../model/interval.ts';
import type { MetricDefinition } from '../../model/metrics.ts';

/** What was read of a server at one moment. Times are those of the clock of this thread, in ns. */
export interface ServerReading {
  /** The reading before, since which counters and histograms count. */
  readonly fromNs: number;
  readonly atNs: number;
  readonly gauges: readonly GaugeSlice[];
  readonly counters: readonly CounterGrowth[];
  readonly histograms: readonly BucketGrowth[];
  readonly errors: readonly ErrorSlice[];
  /** Definitions of what is told for the first time. */
  readonly metrics: readonly MetricDefinition[];
}

export interface CounterGrowth {
  readonly metric: string;
  readonly tags: Tags;
  readonly count: number;
  /** What its rate divides by; `attempts`: the readings (1), `operations`: those of the load meanwhile. */
  readonly per: 'time' | 'attempts' | 'operations';
}

/** New values by bucket. */
export interface BucketGrowth {
  readonly metric: string;
  readonly tags: Tags;
  /** In the unit of the metric, rising; the last is Infinity. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

export function emptyReading(fromNs: number, atNs: number): ServerReading {
  return { fromNs, atNs, gauges: [], counters: [], histograms: [], errors: [], metrics: [] };
}
