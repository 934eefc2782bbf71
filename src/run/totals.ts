import { Distribution } from '../measure/distribution.ts';
import { seriesKey } from '../measure/selection.ts';
import type { CounterSlice, GaugeSlice, HistogramSlice, Interval, Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { Series } from '../model/result.ts';

/** A result has at most so many series; what comes after is added up under `name: other`. */
const maxSeries = 1000;

/** Adds intervals up into series, one for each metric and set of tags. */
export interface Totals {
  readonly add: (interval: Interval) => void;
  /** What there is so far, as a result holds it. */
  readonly series: () => Series[];
  /** Free the memory of the histograms. */
  readonly destroy: () => void;
}

/** Slices of metrics that are not defined are left out. */
export function createTotals(metrics: Iterable<MetricDefinition>): Totals {
  const definitions = new Map(Array.from(metrics, (metric) => [metric.name, metric]));
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

/** The round is the replicate of a series, not part of its name. */
export function seriesTags(intervalTags: Tags, sliceTags: Tags): Tags {
  const { round: _, ...tags } = intervalTags;
  return { ...tags, ...sliceTags };
}
