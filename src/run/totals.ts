import { Distribution } from '../measure/distribution.ts';
import { seriesKey } from '../measure/selection.ts';
import { isServerMetric } from '../model/metrics/server-metrics.ts';
import type { CounterSlice, GaugeSlice, HistogramSlice, Interval, Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { Series } from '../model/result.ts';

/**
 * A result has at most so many series, and as many of a server under load, which must not displace the others; what
 * comes after is added up under `name: other`.
 */
const maxSeries = 1000;

/** Adds intervals up into series, one for each metric and set of tags. */
export interface Totals {
  readonly add: (interval: Interval) => void;
  /** What there is so far, as a result holds it. */
  readonly series: () => Series[];
  /** Definitions, with those that came with intervals. */
  readonly metrics: () => MetricDefinition[];
  /** Free the memory of the histograms. */
  readonly destroy: () => void;
}

/** What is added up: all metrics, those that come with intervals too, or only the ones given (as the interval defines them). */
export type TotalsScope = 'all' | 'given';

/** Slices of metrics that are not defined are left out. */
export function createTotals(metrics: Iterable<MetricDefinition>, scope: TotalsScope = 'given'): Totals {
  const definitions = new Map(Array.from(metrics, (metric) => [metric.name, metric]));
  const totals = new Map<string, Total>();
  let ofServer = 0;

  function total(metric: string, interval: Interval, sliceTags: Tags): Total | null {
    const definition = definitions.get(metric);
    if (definition === undefined) return null;
    let tags = seriesTags(interval.tags, sliceTags);
    let key = seriesKey(metric, tags);
    const isServers = isServerMetric(metric);
    if (!totals.has(key) && (isServers ? ofServer : totals.size - ofServer) >= maxSeries) {
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
      if (isServers) ofServer += 1;
    }
    return found;
  }

  return {
    add: (interval) => {
      for (const metric of interval.metrics ?? [])
        if (scope === 'all' || definitions.has(metric.name)) definitions.set(metric.name, metric);
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
    metrics: () => [...definitions.values()],
    destroy: () => {
      for (const { distribution } of totals.values()) distribution?.destroy();
      totals.clear();
    },
  };
}

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
  const { value, readings = { count: 1, min: value, max: value } } = slice;
  into.count += readings.count;
  into.sum += value * readings.count;
  into.min = Math.min(into.min, readings.min);
  into.max = Math.max(into.max, readings.max);
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

/** The round is the replicate of a series, not part of its name. */
export function seriesTags(intervalTags: Tags, sliceTags: Tags): Tags {
  const { round: _, ...tags } = intervalTags;
  return { ...tags, ...sliceTags };
}
