import { Distribution } from '../measure/distribution.ts';
import { seriesKey } from '../measure/selection.ts';
import { createErrorTotals } from './error-totals.ts';
import { createTotals } from './totals.ts';
import type { CounterSlice, HistogramSlice, Interval } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { ErrorSummary, IntervalSummary, Series } from '../model/result.ts';

/** Intervals in a result; a longer run is kept in coarser ones, merged, never sampled. */
const maxIntervals = 300;

/** Adds intervals up into the series of a result. Histograms are added, never averaged. */
export interface Collector {
  readonly add: (interval: Interval) => void;
  /** Everything so far, as a result holds it; the collector can go on afterwards. */
  readonly finish: () => Collected;
  readonly destroy: () => void;
}

export interface Collected {
  readonly series: readonly Series[];
  readonly intervals: readonly IntervalSummary[];
  readonly errors: readonly ErrorSummary[];
}

export function createCollector(metrics: readonly MetricDefinition[]): Collector {
  const definitions = new Map(metrics.map((metric) => [metric.name, metric]));
  const totals = createTotals(metrics);
  const errors = createErrorTotals();
  let intervals: Interval[] = [];
  /** How many engine intervals make one kept interval; doubles when there are too many. */
  let width = 1;
  let limit = maxIntervals;
  let pending: Interval[] = [];

  function flushPending(): void {
    if (pending.length > 0) intervals.push(mergeIntervals(pending));
    pending = [];
  }

  /** Operations that ended after their phase belong to its last interval. */
  function joinBefore(late: Interval): boolean {
    for (const list of [pending, intervals]) {
      const index = list.findLastIndex((interval) => sameTags(interval, late));
      const before = list[index];
      if (before === undefined) continue;
      list[index] = mergeIntervals([before, late]);
      return true;
    }
    return false;
  }

  return {
    add: (interval) => {
      if (interval.measured) {
        totals.add(interval);
        errors.add(interval);
      }
      if (interval.durationNs === 0 && joinBefore(interval)) return;
      const previous = pending[0];
      if (previous !== undefined && !sameTags(previous, interval)) flushPending();
      pending.push(interval);
      if (pending.length >= width) flushPending();
      if (intervals.length > limit) {
        width *= 2;
        intervals = pairUp(intervals);
        limit = Math.max(maxIntervals, intervals.length * 2);
      }
    },
    finish: () => {
      flushPending();
      return {
        series: totals.series(),
        intervals: intervals.map((interval) => summarise(interval, definitions)),
        errors: errors.summaries(),
      };
    },
    destroy: totals.destroy,
  };
}

function summarise(interval: Interval, definitions: ReadonlyMap<string, MetricDefinition>): IntervalSummary {
  const totals = createTotals(definitions.values());
  totals.add(interval);
  const { startNs, durationNs, tags, measured } = interval;
  const series = totals.series();
  totals.destroy();
  return { startNs, durationNs, tags, measured, series };
}

/** Add up intervals of the same tags into one; memory stays that of one interval. */
function mergeIntervals(intervals: readonly Interval[]): Interval {
  const [first] = intervals;
  if (first === undefined) throw new RangeError('Expected at least one interval to merge');
  if (intervals.length === 1) return first;
  return {
    ...first,
    durationNs: intervals.reduce((sum, interval) => sum + interval.durationNs, 0),
    histograms: mergeHistograms(intervals.flatMap((interval) => interval.histograms)),
    counters: mergeCounters(intervals.flatMap((interval) => interval.counters)),
    gauges: intervals.flatMap((interval) => interval.gauges),
    errors: [],
  };
}

function mergeHistograms(slices: readonly HistogramSlice[]): HistogramSlice[] {
  return [...Map.groupBy(slices, (slice) => seriesKey(slice.metric, slice.tags)).values()].flatMap(
    (group) => {
      const [first] = group;
      if (first === undefined || group.length === 1) return group;
      const distribution = new Distribution();
      for (const slice of group) distribution.addSlice(slice);
      const merged = { ...first, ...distribution.toSlice() };
      distribution.destroy();
      return [merged];
    },
  );
}

function mergeCounters(slices: readonly CounterSlice[]): CounterSlice[] {
  const merged = new Map<string, CounterSlice>();
  for (const slice of slices) {
    const key = seriesKey(slice.metric, slice.tags);
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? slice
        : { ...slice, count: before.count + slice.count, of: before.of + slice.of },
    );
  }
  return [...merged.values()];
}

/** Halve the number of intervals where neighbours have the same tags. */
function pairUp(intervals: readonly Interval[]): Interval[] {
  const out: Interval[] = [];
  let index = 0;
  while (index < intervals.length) {
    const [a, b] = intervals.slice(index, index + 2);
    if (a === undefined) break;
    const pair = b !== undefined && sameTags(a, b) ? [a, b] : [a];
    out.push(mergeIntervals(pair));
    index += pair.length;
  }
  return out;
}

function sameTags(a: Interval, b: Interval): boolean {
  return a.measured === b.measured && seriesKey('', a.tags) === seriesKey('', b.tags);
}
