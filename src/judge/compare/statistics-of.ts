import type { Statistic } from '../../model/comparison.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { Aggregation } from '../../model/target.ts';

/** What is compared of each kind of metric, percentiles in rising order. */
export const statisticsOf = {
  histogram: ['p50', 'p95', 'p99'],
  counter: ['rate'],
  gauge: ['value'],
} as const satisfies Record<MetricDefinition['kind'], readonly Statistic[]>;

export const aggregations = {
  p50: { kind: 'percentile', percentile: 50 },
  p95: { kind: 'percentile', percentile: 95 },
  p99: { kind: 'percentile', percentile: 99 },
  rate: { kind: 'rate' },
  value: { kind: 'value' },
} as const satisfies Record<Statistic, Aggregation>;

/** 50 of p50; null for what is no percentile. */
export function percentileOf(statistic: Statistic): number | null {
  const aggregation = aggregations[statistic];
  return aggregation.kind === 'percentile' ? aggregation.percentile : null;
}

/** Samples that a percentile needs on either side: a hundred beyond it. The median has its replicates to speak for it. */
export const samplesNeeded: Readonly<Record<Statistic, number>> = {
  p50: 20,
  p95: 2000,
  p99: 10_000,
  rate: 0,
  value: 0,
};
