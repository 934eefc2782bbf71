import { medianOf } from '../../measure/statistics/median.ts';
import { percentileOf } from '../compare/statistics-of.ts';
import type { Statistic } from '../../model/comparison.ts';
import type { PairedRun, PairedSeries } from '../../model/paired.ts';
import type { CompletePair } from './complete-pairs.ts';

/** How the pairs of a series are compared: by the logarithm of their ratio, or by their difference in the unit. */
export interface PairedScale {
  readonly scale: 'ratio' | 'difference';
  /** Smallest change that counts, on the scale that is tested. */
  readonly limit: number;
  readonly between: (pair: CompletePair) => number;
  /** From the scale that is tested to the one that is told. */
  readonly tell: (change: number) => number;
}

/** Tails move more from process to process: 3 % of a median is 5 % of P95 and 10 % of P99. */
const factors: Readonly<Record<Statistic, number>> = {
  p50: 1,
  p95: 5 / 3,
  p99: 10 / 3,
  rate: 1,
  value: 1,
};

/** Smallest share that counts: a tenth of a point. */
const smallestShare = 0.001;
/** Durations below it are not told apart; more on a machine whose clock is slow to read. */
const smallestNs = 10;

export function pairedScaleOf(
  series: PairedSeries,
  pairs: readonly CompletePair[],
  { settings, environment }: Pick<PairedRun, 'settings' | 'environment'>,
): PairedScale {
  const share = series.threshold ?? settings.threshold * factors[series.statistic];
  const usual = Math.abs(medianOf(pairs.map(({ base }) => base).toSorted((a, b) => a - b)));
  const isDuration = series.unit === 'ns' && percentileOf(series.statistic) !== null;
  const floor = Math.max(series.floor, isDuration ? Math.max(smallestNs, 2 * environment.clockCostNs) : 0);
  if (series.unit === 'ratio' || !pairs.every(({ base, head }) => base > 0 && head > 0)) {
    return {
      scale: 'difference',
      limit: Math.max(share * usual, floor, series.unit === 'ratio' ? smallestShare : 0),
      between: ({ base, head }) => head - base,
      tell: (change) => change,
    };
  }
  return {
    scale: 'ratio',
    limit: Math.log1p(Math.max(share, floor / usual)),
    between: ({ base, head }) => Math.log(head) - Math.log(base),
    tell: Math.expm1,
  };
}
