import { Distribution } from '../../measure/distribution.ts';
import { seriesKey } from '../../measure/selection.ts';
import type { CounterSlice, ErrorSlice, GaugeSlice, HistogramSlice } from '../../model/interval.ts';
import type { MetricDefinition } from '../../model/metrics.ts';

/** Histograms of the same name and tags are added, count by count. */
export function mergeHistograms(slices: readonly HistogramSlice[]): HistogramSlice[] {
  return groups(slices).map((group) => {
    const [first, second] = group;
    if (second === undefined) return first;
    const sum = new Distribution();
    for (const slice of group) sum.addSlice(slice);
    const merged = { ...first, ...sum.toSlice() };
    sum.destroy();
    return merged;
  });
}

/** Counts are added. A rate is over the time that has passed, of which all threads had the same; a ratio over all attempts. */
export function mergeCounters(
  slices: readonly CounterSlice[],
  durationNs: number,
  rates: ReadonlyMap<string, MetricDefinition['rate']>,
): CounterSlice[] {
  return groups(slices).map((group) => {
    const [first] = group;
    const isRatio = rates.get(first.metric) === 'ratio';
    return {
      ...first,
      count: group.reduce((sum, { count }) => sum + count, 0),
      of: isRatio ? group.reduce((sum, slice) => sum + slice.of, 0) : durationNs,
    };
  });
}

/** What each thread has is added up; what the process has is the same in all of them. */
const ofProcess: ReadonlySet<string> = new Set(['rss']);

export function mergeGauges(slices: readonly GaugeSlice[]): GaugeSlice[] {
  return groups(slices).map((group) => {
    const [first] = group;
    const values = group.map(({ value }) => value);
    const value = ofProcess.has(first.metric)
      ? Math.max(...values)
      : values.reduce((sum, one) => sum + one, 0);
    return { ...first, value };
  });
}

export function mergeErrors(slices: readonly ErrorSlice[]): ErrorSlice[] {
  return groups(slices.map((slice) => ({ ...slice, metric: slice.class }))).map((group) => {
    const [{ metric: _, ...first }] = group;
    return { ...first, count: group.reduce((sum, { count }) => sum + count, 0) };
  });
}

type Named = { readonly metric: string; readonly tags: Readonly<Record<string, string>> };

function groups<T extends Named>(slices: readonly T[]): [T, ...T[]][] {
  const byKey = new Map<string, [T, ...T[]]>();
  for (const slice of slices) {
    const key = seriesKey(slice.metric, slice.tags);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [slice]);
    else group.push(slice);
  }
  return [...byKey.values()];
}
