import { changeScaleOf } from './change-scale.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { decides } from './gated-metrics.ts';
import { rankInterval } from './rank-interval.ts';
import { createTableSpace } from './resample-histograms.ts';
import { sideValues } from './side-values.ts';
import { rateUnitOf } from '../../model/metrics.ts';
import { percentileOf, samplesNeeded, statisticsOf } from './statistics-of.ts';
import type { Random } from '../../measure/random.ts';
import type { SeriesComparison, SeriesVerdict, SideValue, Statistic } from '../../model/comparison.ts';
import type { ChangeScale } from './change-scale.ts';
import type { ComparedSeries } from './compared-series.ts';
import type { Evidence } from './evidence.ts';
import type { GatherOptions } from './gather-evidence.ts';

/** A row of the comparison before it is known how many tests there are. */
export interface Draft {
  readonly row: Omit<SeriesComparison, 'change' | 'verdict' | 'notWorse' | 'reason'>;
  /** The verdict, where no test is needed for it. */
  readonly settled: Settled | null;
  /** Null where there are not two values. */
  readonly scale: ChangeScale | null;
  /** `neededP`: the smallest probability that a test must be able to reach. */
  readonly evidence: (neededP: number) => Evidence | null;
  /** By order statistics, where there is no other evidence. */
  readonly rankInterval: () => readonly [number, number] | null;
}

interface Settled {
  readonly verdict: SeriesVerdict;
  readonly reason: string | null;
}

export interface DraftOptions {
  readonly threshold: number;
  readonly confidence: number;
  readonly gates: readonly string[] | null;
  /** Of the slower clock. */
  readonly clockCostNs: number;
  readonly random: Random;
  readonly spaces: GatherOptions['spaces'];
}

/** Draws of the bootstrap for series that decide, and for those that are only shown. */
const draws = { gated: 2000, shown: 400 };

/** The rows of a series that is in both runs, one for each statistic. */
export function draftSeries(base: ComparedSeries, head: ComparedSeries, options: DraftOptions): Draft[] {
  const { definition } = head;
  const wanted = decides(head.metric, options.gates);
  const scales = new Map<Statistic, ChangeScale>();
  const before = sideValues(base, options.spaces.base);
  const now = sideValues(head, options.spaces.head);
  const sides = statisticsOf[definition.kind].map((statistic) => {
    const pair = { statistic, base: before(statistic), head: now(statistic) };
    if (pair.base !== null && pair.head !== null)
      scales.set(statistic, changeScaleOf(definition, statistic, pair.base.value, pair.head.value, options));
    return pair;
  });
  const resamples = wanted ? draws.gated : draws.shown;
  const gathered = gatherEvidence(base, head, { ...options, scales, resamples });
  return sides.map((pair): Draft => {
    const settled = settle(base, head, pair) ?? unsettled(gathered.fault);
    const scale = scales.get(pair.statistic) ?? null;
    const percentile = percentileOf(pair.statistic);
    const tooFew = settled?.verdict === 'descriptive' && percentile !== null;
    return {
      row: { ...rowOf(head, pair), gated: wanted && settled?.verdict !== 'descriptive' },
      settled,
      scale,
      evidence: (neededP) => (tooFew ? null : gathered.evidence(pair.statistic, neededP)),
      rankInterval: () =>
        percentile === null || scale === null
          ? null
          : rankInterval(base.series, head.series, percentile, { scale, confidence: options.confidence }),
    };
  });
}

function unsettled(fault: string | null): Settled | null {
  return fault === null ? null : { verdict: 'cannot tell', reason: fault };
}

/** The one row of a series that only one of the runs has. */
export function draftLone(
  series: ComparedSeries,
  side: 'base' | 'head',
  gates: readonly string[] | null,
): Draft {
  const [statistic] = statisticsOf[series.definition.kind];
  const value = sideValues(series, createTableSpace())(statistic);
  const pair = { statistic, base: side === 'base' ? value : null, head: side === 'head' ? value : null };
  const missing = side === 'base';
  const decisive = series.definition.better !== 'neither' && decides(series.metric, gates);
  return {
    row: { ...rowOf(series, pair), gated: missing && decisive },
    settled: missing
      ? { verdict: 'missing', reason: 'the head has no such series' }
      : { verdict: 'new', reason: 'the base has no such series' },
    scale: null,
    evidence: () => null,
    rankInterval: () => null,
  };
}

interface Pair {
  readonly statistic: Statistic;
  readonly base: SideValue | null;
  readonly head: SideValue | null;
}

function rowOf({ metric, tags, definition }: ComparedSeries, pair: Pair): Omit<Draft['row'], 'gated'> {
  const perSecond = pair.statistic === 'rate' && definition.rate !== 'ratio';
  return {
    metric,
    tags,
    unit: pair.statistic === 'rate' ? rateUnitOf(definition) : definition.unit,
    perSecond,
    better: definition.better,
    ...pair,
  };
}

/** What is decided before any test. */
function settle(from: ComparedSeries, to: ComparedSeries, { statistic, base, head }: Pair): Settled | null {
  const [before, now] = [from.definition, to.definition];
  if (before.kind !== now.kind || before.unit !== now.unit || before.rate !== now.rate)
    return { verdict: 'cannot tell', reason: 'the metric is defined in another way in the base' };
  if (base === null && head === null) return { verdict: 'descriptive', reason: 'no samples in either' };
  if (base === null) return { verdict: 'no data', reason: 'the base has no samples' };
  if (head === null) return { verdict: 'no data', reason: 'the head has no samples' };
  if (now.better === 'neither')
    return { verdict: 'descriptive', reason: 'neither direction is declared better' };
  const needed = samplesNeeded[statistic];
  const fewest = Math.min(base.samples, head.samples);
  if (fewest < needed)
    return {
      verdict: 'descriptive',
      reason: `${fewest} samples; ${statistic} takes ${needed} on either side`,
    };
  return base.bounded
    ? { verdict: 'cannot tell', reason: "the base's value falls among operations that never completed" }
    : null;
}
