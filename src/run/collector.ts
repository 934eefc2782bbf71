import { Distribution } from '../measure/distribution.ts';
import { seriesKey } from '../measure/selection.ts';
import { createErrorTotals } from './error-totals.ts';
import { createTotals } from './totals.ts';
import type { CounterSlice, GaugeSlice, HistogramSlice, Interval } from '../model/interval.ts';
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
  /** Of the plan, and those that came with intervals. */
  readonly metrics: readonly MetricDefinition[];
}

export function createCollector(metrics: readonly MetricDefinition[]): Collector {
  const totals = createTotals(metrics, 'all');
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
      totals.add(interval.measured ? interval : onlyMetrics(interval));
      if (interval.measured) errors.add(interval);
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
      const definitions = totals.metrics();
      return {
        series: totals.series(),
        intervals: intervals.map((interval) => summarise(interval, definitions)),
        errors: errors.summaries(),
        metrics: definitions,
      };
    },
    destroy: totals.destroy,
  };
}

function onlyMetrics(interval: Interval): Interval {
  return { ...interval, histograms: [], counters: [], gauges: [] };
}

function summarise(interval: Interval, definitions: readonly MetricDefinition[]): IntervalSummary {
  const totals = createTotals(definitions);
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
    gauges: mergeGauges(intervals.flatMap((interval) => interval.gauges)),
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

/** All readings count alike. */
function mergeGauges(slices: readonly GaugeSlice[]): GaugeSlice[] {
  return [...Map.groupBy(slices, (slice) => seriesKey(slice.metric, slice.tags)).values()].flatMap(
    (group) => {
      const [first] = group;
      if (first === undefined || group.length === 1) return group;
      const all = group.map(({ value, readings = { count: 1, min: value, max: value } }) => ({
        ...readings,
        sum: value * readings.count,
      }));
      const count = all.reduce((sum, one) => sum + one.count, 0);
      const value = all.reduce((sum, one) => sum + one.sum, 0) / count;
      const min = Math.min(...all.map((one) => one.min));
      const max = Math.max(...all.map((one) => one.max));
      return [{ ...first, value, readings: { count, min, max } }];
    },
  );
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
