import { Distribution } from './distribution.ts';
import type { Reading } from './distribution.ts';
import type { Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { Series } from '../model/result.ts';
import type { Aggregation } from '../model/target.ts';

/**
 * Tags that name a variant: two things compared with each other. Series of different variants are never added up;
 * a target without such a tag holds for every variant. All other tags (name, op, phase) split one thing into
 * parts, and parts add up.
 */
export const variantTags: readonly string[] = ['subject', 'concurrency'];

/** Series of one metric and one variant. */
export interface Group {
  readonly metric: string;
  /** The variant's tags; empty where there are none. */
  readonly variant: Tags;
  readonly series: readonly Series[];
}

/** The series of a metric that carry all the given tags, by variant. */
export function selectGroups(series: readonly Series[], metric: string, tags: Tags): Group[] {
  const matching = series.filter((one) => one.metric === metric && hasTags(one.tags, tags));
  const groups = Map.groupBy(matching, (one) => JSON.stringify(variantOf(one.tags)));
  return [...groups.values()].map((members) => ({
    metric,
    variant: variantOf(members[0]?.tags ?? {}),
    series: members,
  }));
}

/** The part of the tags that names the variant. */
function variantOf(tags: Tags): Tags {
  return Object.fromEntries(
    variantTags.flatMap((tag) => (tags[tag] === undefined ? [] : [[tag, tags[tag]]])),
  );
}

export function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value);
}

export interface GroupReading extends Reading {
  /** Samples (histogram), events or attempts (counter), readings (gauge) behind the value. */
  readonly samples: number;
}

/** Read one number from a group; null when it holds no data. `slope` needs intervals and is not read here. */
export function readGroup(
  group: Group,
  definition: MetricDefinition,
  aggregation: Aggregation,
): GroupReading | null {
  if (definition.kind === 'histogram') return readHistogram(group.series, aggregation);
  return definition.kind === 'counter'
    ? readCounter(group.series, definition, aggregation)
    : readGauge(group.series, aggregation);
}

function readHistogram(series: readonly Series[], aggregation: Aggregation): GroupReading | null {
  const distribution = new Distribution();
  try {
    for (const one of series) distribution.addSeries(one);
    const samples = distribution.count;
    if (samples === 0) return null;
    if (aggregation.kind === 'percentile')
      return { ...distribution.valueAt(aggregation.percentile), samples };
    if (aggregation.kind === 'count') return { value: samples, bounded: false, samples };
    const { kind } = aggregation;
    const reading = kind === 'min' || kind === 'max' ? distribution[kind] : distribution.mean;
    return { ...reading, samples };
  } finally {
    distribution.destroy();
  }
}

function readCounter(
  series: readonly Series[],
  definition: MetricDefinition,
  aggregation: Aggregation,
): GroupReading | null {
  const count = sum(series, (one) => one.count);
  if (aggregation.kind === 'count')
    return series.length === 0 ? null : { value: count, bounded: false, samples: series.length };
  if (definition.rate === 'ratio') {
    const attempts = sum(series, (one) => one.of ?? 0);
    return attempts <= 0 ? null : { value: count / attempts, bounded: false, samples: attempts };
  }
  const ns = elapsedNs(series);
  return ns <= 0 ? null : { value: (count * 1e9) / ns, bounded: false, samples: series.length };
}

/**
 * The time that per-second counters were counted over. Slices of one series follow each other, and so do phases:
 * their times add. Different series of one phase (endpoints) were counted at the same time.
 */
export function elapsedNs(series: readonly Series[]): number {
  const byPhase = Map.groupBy(series, (one) => one.tags['phase'] ?? '');
  return sum([...byPhase.values()], (inPhase) => {
    const bySeries = Map.groupBy(inPhase, (one) => seriesKey(one.metric, one.tags));
    return Math.max(...[...bySeries.values()].map((slices) => sum(slices, (one) => one.of ?? 0)));
  });
}

function readGauge(series: readonly Series[], aggregation: Aggregation): GroupReading | null {
  const samples = sum(series, (one) => one.count);
  if (samples === 0) return null;
  if (aggregation.kind === 'min')
    return { value: Math.min(...series.map((one) => one.min ?? Infinity)), bounded: false, samples };
  if (aggregation.kind === 'max')
    return { value: Math.max(...series.map((one) => one.max ?? -Infinity)), bounded: false, samples };
  return { value: sum(series, (one) => (one.value ?? 0) * one.count) / samples, bounded: false, samples };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** One text for a metric and its tags, whatever their order. */
export function seriesKey(metric: string, tags: Tags): string {
  return JSON.stringify([metric, ...Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
