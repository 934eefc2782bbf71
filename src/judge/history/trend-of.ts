import { findChangePoints } from '../../measure/statistics/change-points.ts';
import { medianOf } from '../../measure/statistics/median.ts';
import type { HistoryValue, LevelChange, Trend, TrendChange, TrendPoint } from '../../model/history.ts';

/** Runs before the latest that it is held against. */
const medianRuns = 10;
/** Runs that a level takes on either side of a change: one spike is none. */
const minSegment = 3;
const maxP = 0.001;
/** Smallest changes that are told: a hundredth, and of a share a tenth of a point. */
const minChange = 0.01;
const minShare = 0.001;

/** One series from run to run, in the order of time: where it stands, and where its level changed for good. */
export function trendOf({
  latest,
  points,
}: {
  readonly latest: HistoryValue;
  readonly points: readonly TrendPoint[];
}): Trend {
  const { metric, tags, statistic, unit, better } = latest;
  const values = points.map(({ value }) => value);
  const scale = unit === 'ratio' || values.some((value) => value <= 0) ? 'difference' : 'ratio';
  const before = values.slice(0, -1);
  const change = (from: number | undefined): LevelChange | null =>
    from === undefined ? null : levelChange(scale, from, values.at(-1) ?? NaN);
  return {
    metric,
    tags,
    statistic,
    unit,
    perSecond: statistic === 'rate' && unit !== 'ratio',
    better,
    scale,
    points,
    sincePrevious: change(before.at(-1)),
    sinceMedian: before.length < 3 ? null : change(medianOf(before.slice(-medianRuns).toSorted(ascending))),
    changePoints: changesOf(points, scale, better),
  };
}

function changesOf(
  points: readonly TrendPoint[],
  scale: Trend['scale'],
  better: HistoryValue['better'],
): TrendChange[] {
  const found = findChangePoints(
    points.map(({ value }) => value),
    { minSegment, maxP, minChange },
  );
  return found.flatMap(({ index, meanBefore, meanAfter, p }): TrendChange[] => {
    const [from, to] = [points[index - 1], points[index]];
    if (from === undefined || to === undefined) return [];
    const level = levelChange(scale, meanBefore, meanAfter);
    if (scale === 'difference' && Math.abs(level.change) < minShare) return [];
    const direction = meanAfter > meanBefore === (better === 'higher') ? 'better' : 'worse';
    return [{ ...level, direction, from, to, p }];
  });
}

function levelChange(scale: Trend['scale'], before: number, after: number): LevelChange {
  return { before, after, change: scale === 'ratio' ? after / before - 1 : after - before };
}

function ascending(a: number, b: number): number {
  return a - b;
}
