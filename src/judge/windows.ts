import { readGroup } from '../measure/selection.ts';
import type { Group, GroupReading } from '../measure/selection.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { Series } from '../model/result.ts';
import type { Target } from '../model/target.ts';
import { formatDurationNs } from '../model/units.ts';

/** An interval's series of one metric and variant. */
export interface Slice {
  readonly startNs: number;
  readonly durationNs: number;
  /** The phase (or round) it belongs to: a window lies within one. */
  readonly stretch: string;
  /** The round it belongs to; empty where there are none. What grows, grows within one. */
  readonly round: string;
  readonly series: readonly Series[];
}

/**
 * The worst reading over every window of `overNs` (sliding by one interval). A text says why there is none: the
 * run is shorter than a window, or its intervals are longer.
 */
export function readWindows(
  slices: readonly Slice[],
  group: Group,
  definition: MetricDefinition,
  target: Target,
  overNs: number,
): GroupReading | string {
  const coarsest = Math.max(0, ...slices.map((slice) => slice.durationNs));
  // a tick that came late makes a longer interval, which then is the window
  if (coarsest > overNs * 1.5)
    return `the result keeps intervals of ${formatDurationNs(coarsest)}, longer than the window`;
  const readings: GroupReading[] = [];
  for (let first = 0; first < slices.length; first++) {
    const window = windowFrom(slices, first, overNs);
    if (window === null) continue;
    const reading = readGroup({ ...group, series: window }, definition, target.aggregation);
    if (reading === null) return `a window of ${formatDurationNs(overNs)} holds no samples`;
    readings.push(reading);
  }
  const upper = target.op.startsWith('<');
  const worst = readings.toSorted((a, b) => (upper ? b.value - a.value : a.value - b.value))[0];
  return worst ?? `the run is shorter than a window of ${formatDurationNs(overNs)}`;
}

/** Series of the intervals from `first` on that fill a window (to within 2 %); null when the phase ends before. */
function windowFrom(slices: readonly Slice[], first: number, overNs: number): Series[] | null {
  const series: Series[] = [];
  let lengthNs = 0;
  for (let index = first; index < slices.length && lengthNs < overNs * 0.98; index++) {
    const slice = slices[index];
    if (slice === undefined || slice.stretch !== slices[first]?.stretch) break;
    series.push(...slice.series);
    lengthNs += slice.durationNs;
  }
  return lengthNs < overNs * 0.98 ? null : series;
}

/**
 * Growth a second of the intervals' values (gauge: value; counter: rate; histogram: mean) by least squares. Rounds of
 * several intervals start anew, so the growth is that within them, one slope for all (each round about its own mean).
 */
export function readSlope(
  slices: readonly Slice[],
  group: Group,
  definition: MetricDefinition,
): GroupReading | string {
  const kind = definition.kind === 'gauge' ? 'value' : definition.kind === 'counter' ? 'rate' : 'mean';
  const points = slices.flatMap((slice) => {
    const reading = readGroup({ ...group, series: slice.series }, definition, { kind });
    if (reading === null) return [];
    return [{ x: (slice.startNs + slice.durationNs / 2) / 1e9, y: reading.value, round: slice.round }];
  });
  if (points.length < 3) return `a slope needs at least 3 intervals with data, there are ${points.length}`;
  const rounds = [...Map.groupBy(points, ({ round }) => round).values()];
  const sums = (rounds.every(({ length }) => length === 1) ? [points] : rounds).map(sumsOf);
  const covariance = sums.reduce((sum, one) => sum + one.covariance, 0);
  const variance = sums.reduce((sum, one) => sum + one.variance, 0);
  return { value: covariance / variance, bounded: false, samples: points.length };
}

function sumsOf(points: readonly { readonly x: number; readonly y: number }[]): {
  readonly covariance: number;
  readonly variance: number;
} {
  const meanX = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const meanY = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  return {
    covariance: points.reduce((sum, point) => sum + (point.x - meanX) * (point.y - meanY), 0),
    variance: points.reduce((sum, point) => sum + (point.x - meanX) ** 2, 0),
  };
}
