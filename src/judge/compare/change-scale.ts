import { normalQuantile } from '../../measure/statistics/normal.ts';
import { rateUnitOf } from '../../model/metrics.ts';
import type { Statistic } from '../../model/comparison.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { Evidence } from './evidence.ts';

/**
 * How a change is tested and told. A ratio is tested as the difference of logarithms, so that twice as slow and twice as
 * fast are as far from no change; shares, and what may be 0, as the plain difference.
 */
export interface ChangeScale {
  readonly scale: 'ratio' | 'difference';
  /** Smallest change that counts, on the scale that it is tested on. */
  readonly limit: number;
  readonly between: (base: number, head: number) => number;
  /** From the scale that it is tested on to the one that it is told on. */
  readonly tell: (change: number) => number;
}

/** P99 moves more from run to run: a change counts from twice the threshold. */
const factors: Readonly<Record<Statistic, number>> = { p50: 1, p95: 1, p99: 2, rate: 1, value: 1 };

/** Smallest share that counts: a tenth of a point. */
const smallestShare = 0.001;
/** Durations below it are not told apart; more on a machine whose clock is slow to read. */
const smallestNs = 10;

export function changeScaleOf(
  definition: MetricDefinition,
  statistic: Statistic,
  base: number,
  head: number,
  { threshold, clockCostNs }: { readonly threshold: number; readonly clockCostNs: number },
): ChangeScale {
  const { unit, kind } = definition;
  const share = threshold * factors[statistic];
  const isShare = rateUnitOf(definition) === 'ratio';
  if (isShare || !(base > 0 && head > 0)) {
    return {
      scale: 'difference',
      limit: Math.max(share * Math.abs(base), isShare ? smallestShare : 0),
      between: (from, to) => to - from,
      tell: (change) => change,
    };
  }
  const floor = unit === 'ns' && kind === 'histogram' ? Math.max(smallestNs, 2 * clockCostNs) / base : 0;
  return {
    scale: 'ratio',
    limit: Math.log1p(Math.max(share, floor)),
    // a draw without a single event has a rate of 0
    between: (from, to) => Math.log(Math.max(to, tiny)) - Math.log(Math.max(from, tiny)),
    tell: Math.expm1,
  };
}

const tiny = 1e-12;

/**
 * Smallest change for the worse that one of `tests` tests at `alpha` (one-sided, in all) finds four times out of five,
 * on the scale that it is tested on.
 */
export function detectableChange(evidence: Evidence, limit: number, alpha: number, tests: number): number {
  const reach = normalQuantile(1 - alpha / Math.max(1, tests)) + normalQuantile(0.8);
  return limit + reach * evidence.standardError;
}
