import type { SampleSeries } from './monitor.ts';

/** A straight line through samples. */
export interface Slope {
  readonly perSecond: number;
  /** Twice its standard error: 95 % of such intervals hold the true slope where noise is independent. */
  readonly plusMinus: number;
  readonly samples: number;
}

/**
 * The least squares slope of a series, with samples of NaN left out. Null with fewer than three samples. What grows
 * for good, as a leak does, has a slope larger than its `plusMinus` over a window of several garbage collections;
 * successive samples of memory are not independent, so give it samples taken after collections, or a long window.
 */
export function slopeOf({ atMs, values }: SampleSeries): Slope | null {
  const points = values.flatMap((value, index) =>
    Number.isFinite(value) ? [{ x: (atMs[index] ?? 0) / 1_000, y: value }] : [],
  );
  const n = points.length;
  if (n < 3) return null;
  const mean = (pick: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / n;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  const xx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (xx === 0) return null;
  const perSecond = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / xx;
  const residual = points.reduce((sum, { x, y }) => sum + (y - meanY - perSecond * (x - meanX)) ** 2, 0);
  return { perSecond, plusMinus: 2 * Math.sqrt(residual / (n - 2) / xx), samples: n };
}
