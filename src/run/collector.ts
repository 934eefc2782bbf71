import { Distribution } from '../measure/distribution.ts';
import { seriesKey } from '../measure/selection.ts';
import type { CounterSlice, GaugeSlice, HistogramSlice, Interval, Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { ErrorSummary, IntervalSummary, Series } from '../model/result.ts';

/** A result has at most so many series; what comes after is added up under `name: other`, and said. */
const maxSeries = 1000;
/** Intervals in a result; a longer run is kept in coarser ones, merged, never sampled. */
const maxIntervals = 300;
const maxErrorClasses = 200;

interface Total {
  readonly metric: string;
  readonly tags: Tags;
  readonly definition: MetricDefinition;
  distribution: Distribution | null;
  count: number;
  of: number;
  sum: number;
  min: number;
  max: number;
  note: string | undefined;
}

/** Adds intervals up into the series of a result. Histograms are added, never averaged. */
export interface Collector {
  readonly add: (interval: Interval) => void;
  /** Everything so far, as a result holds it; the collector can go on afterwards. */
  readonly finish: () => { series: Series[]; intervals: IntervalSummary[]; errors: ErrorSummary[] };
  readonly destroy: () => void;
}

export function createCollector(metrics: readonly MetricDefinition[]): Collector {
  const definitions = new Map(metrics.map((metric) => [metric.name, metric]));
  const totals = createTotals(definitions);
  const errors = new Map<string, { class: string; tags: Tags; count: number; example: string }>();
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
        for (const error of interval.errors)
          addError(errors, { ...error, tags: seriesTags(interval.tags, error.tags) });
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
        errors: [...errors.values()].toSorted((a, b) => b.count - a.count),
      };
    },
    destroy: totals.destroy,
  };
}

interface Totals {
  readonly add: (interval: Interval) => void;
  readonly series: () => Series[];
  readonly destroy: () => void;
}

function createTotals(definitions: ReadonlyMap<string, MetricDefinition>): Totals {
  const totals = new Map<string, Total>();

  function total(metric: string, interval: Interval, sliceTags: Tags): Total | null {
    const definition = definitions.get(metric);
    if (definition === undefined) return null;
    let tags = seriesTags(interval.tags, sliceTags);
    let key = seriesKey(metric, tags);
    if (!totals.has(key) && totals.size >= maxSeries) {
      tags = { name: 'other' };
      key = seriesKey(metric, tags);
    }
    let found = totals.get(key);
    if (found === undefined) {
      found = {
        metric,
        tags,
        definition,
        distribution: null,
        count: 0,
        of: 0,
        sum: 0,
        min: Infinity,
        max: -Infinity,
        note: undefined,
      };
      totals.set(key, found);
    }
    return found;
  }

  return {
    add: (interval) => {
      for (const slice of interval.histograms) {
        const into = total(slice.metric, interval, slice.tags);
        if (into !== null) addHistogram(into, slice);
      }
      for (const slice of interval.counters) {
        const into = total(slice.metric, interval, slice.tags);
        if (into !== null) addCounter(into, slice);
      }
      for (const slice of interval.gauges) {
        const into = total(slice.metric, interval, slice.tags);
        if (into !== null) addGauge(into, slice);
      }
    },
    series: () => [...totals.values()].map(toSeries),
    destroy: () => {
      for (const { distribution } of totals.values()) distribution?.destroy();
      totals.clear();
    },
  };
}

function addHistogram(into: Total, slice: HistogramSlice): void {
  into.distribution ??= new Distribution();
  into.distribution.addSlice(slice);
  into.note = slice.note ?? into.note;
}

function addCounter(into: Total, slice: CounterSlice): void {
  into.count += slice.count;
  into.of += slice.of;
}

function addGauge(into: Total, slice: GaugeSlice): void {
  into.count += 1;
  into.sum += slice.value;
  into.min = Math.min(into.min, slice.value);
  into.max = Math.max(into.max, slice.value);
}

function toSeries(total: Total): Series {
  const { metric, tags, definition, distribution } = total;
  const head = { metric, tags, unit: definition.unit };
  if (distribution !== null) {
    return { ...head, ...distribution.toSeries(), ...(total.note !== undefined && { note: total.note }) };
  }
  if (definition.kind === 'gauge') {
    return {
      ...head,
      kind: 'gauge',
      count: total.count,
      value: total.sum / total.count,
      min: total.min,
      max: total.max,
    };
  }
  const scale = definition.rate === 'ratio' ? 1 : 1e9;
  return {
    ...head,
    kind: 'counter',
    count: total.count,
    of: total.of,
    ...(total.of > 0 && { rate: (total.count * scale) / total.of }),
  };
}

function summarise(interval: Interval, definitions: ReadonlyMap<string, MetricDefinition>): IntervalSummary {
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

function addError(
  errors: Map<string, { class: string; tags: Tags; count: number; example: string }>,
  error: ErrorSummary,
): void {
  const key = seriesKey(error.class, error.tags);
  const known = errors.get(key);
  if (known !== undefined) known.count += error.count;
  else if (errors.size < maxErrorClasses) errors.set(key, { ...error });
}

/** The round is the replicate of a series, not part of its name. */
function seriesTags(intervalTags: Tags, sliceTags: Tags): Tags {
  const { round: _, ...tags } = intervalTags;
  return { ...tags, ...sliceTags };
}
