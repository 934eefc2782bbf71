import { Histogram } from '../../measure/histogram.ts';
import { seriesKey } from '../../measure/selection.ts';
import { serverPrefix, serverUnitOf } from '../../model/metrics/server-metrics.ts';
import { tagsOf } from './choose-series.ts';
import { emptyReading } from './server-reading.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { BucketSeries, ServerSeries } from './read-metrics.ts';
import type { BucketGrowth, CounterGrowth, ServerReading } from './server-reading.ts';

/** Turns what a server tells, page by page, into what happened between two pages. */
export class MetricGrowth {
  readonly #planned: ReadonlyMap<string, MetricDefinition>;
  readonly #defined = new Map<string, MetricDefinition>();
  #before: ReadonlyMap<string, ServerSeries> | null = null;
  #beforeNs = 0;

  /** Metrics that targets name: their unit was taken from the limit. */
  constructor(planned: readonly MetricDefinition[]) {
    this.#planned = new Map(planned.map((metric) => [metric.name, metric]));
  }

  /** The first page gives no growth: it is what the next ones are compared with. */
  read(series: readonly ServerSeries[], atNs: number): ServerReading {
    const before = this.#before;
    const fromNs = before === null ? atNs : this.#beforeNs;
    const now = new Map<string, ServerSeries>();
    const reading: Lists = { gauges: [], counters: [], histograms: [], metrics: [] };
    let restarted = false;
    for (const told of series) {
      const one = told.kind === 'histogram' && !canHold(told) ? countOf(told) : told;
      const key = seriesKey(one.name, one.labels);
      const definition = this.#define(one, reading.metrics);
      // a name is of one kind, and a series comes once
      if (definition === null || now.has(key)) continue;
      now.set(key, one);
      const last = before?.get(key);
      restarted = add(reading, one, { definition, last, isFirstPage: before === null }) || restarted;
    }
    this.#before = now;
    this.#beforeNs = atNs;
    return { ...emptyReading(fromNs, atNs), ...reading, errors: restarted ? [restart] : [] };
  }

  #define(one: ServerSeries, added: MetricDefinition[]): MetricDefinition | null {
    const name = serverPrefix + one.name;
    const known = this.#defined.get(name);
    if (known !== undefined) return known.kind === one.kind ? known : null;
    const { unit } = serverUnitOf(name);
    const base = {
      name,
      unit: this.#planned.get(name)?.unit ?? unit,
      better: 'neither',
      help: 'told by the server',
    } as const;
    const definition: MetricDefinition =
      one.kind === 'counter'
        ? { ...base, kind: 'counter', rate: 'per-second' }
        : one.kind === 'gauge'
          ? { ...base, kind: 'gauge' }
          : { ...base, kind: 'histogram', buckets: true };
    this.#defined.set(name, definition);
    added.push(definition);
    return definition;
  }
}

const restart = {
  class: 'server_restart',
  tags: {},
  count: 1,
  example: 'counters of the server began again: it was restarted, or forgot them',
};

interface Lists {
  readonly gauges: ServerReading['gauges'][number][];
  readonly counters: CounterGrowth[];
  readonly histograms: BucketGrowth[];
  readonly metrics: MetricDefinition[];
}

interface Before {
  readonly definition: MetricDefinition;
  /** The series on the page before; it was not there yet: undefined. */
  readonly last: ServerSeries | undefined;
  readonly isFirstPage: boolean;
}

/** Whether it began again. A series that is new on a later page began at 0. */
function add(into: Lists, one: ServerSeries, { definition, last, isFirstPage }: Before): boolean {
  const metric = definition.name;
  const tags = tagsOf(one.labels);
  const { scale } = serverUnitOf(metric);
  if (one.kind === 'histogram') {
    if (isFirstPage) return false;
    const { counts, restarted } = bucketGrowth(one, last);
    into.histograms.push({ metric, tags, bounds: one.bounds.map((bound) => bound * scale), counts });
    return restarted;
  }
  if (one.kind === 'gauge') {
    into.gauges.push({ metric, tags, value: one.value * scale });
    return false;
  }
  if (isFirstPage) return false;
  const before = last?.kind === 'counter' ? last.value : 0;
  const restarted = one.value < before;
  const grown = restarted ? one.value : one.value - before;
  into.counters.push({ metric, tags, count: grown * scale, per: 'time' });
  return restarted;
}

/** Of a histogram whose quantiles cannot be told. */
function countOf({ name, labels, counts }: BucketSeries): ServerSeries {
  return { kind: 'counter', name: `${name}_count`, labels, value: counts.at(-1) ?? 0 };
}

/** Bounds that a histogram of ours can hold, but for the last: whole numbers from 1 on in the unit of the metric. */
function canHold({ name, bounds }: BucketSeries): boolean {
  const { scale } = serverUnitOf(serverPrefix + name);
  return bounds.length > 1 && bounds.slice(0, -1).every((bound) => isHeld(bound * scale));
}

function isHeld(bound: number): boolean {
  const whole = Math.round(bound);
  return whole >= 1 && whole <= Histogram.highestValue && Math.abs(bound - whole) <= 1e-3 * bound;
}

/** New values in each bucket; all of them where the buckets are others than before. */
function bucketGrowth(
  { bounds, counts }: BucketSeries,
  last: ServerSeries | undefined,
): { readonly counts: number[]; readonly restarted: boolean } {
  const own = counts.map((count, index) => count - (counts[index - 1] ?? 0));
  if (last?.kind !== 'histogram') return { counts: own, restarted: false };
  const same =
    last.bounds.length === bounds.length && last.bounds.every((bound, index) => bound === bounds[index]);
  const before = last.counts.map((count, index) => count - (last.counts[index - 1] ?? 0));
  const grown = own.map((count, index) => count - (before[index] ?? 0));
  return same && grown.every((count) => count >= 0)
    ? { counts: grown, restarted: false }
    : { counts: own, restarted: true };
}
