import { seriesKey } from '../../measure/selection.ts';
import type { Tags } from '../../model/interval.ts';
import type { Exposition, ExpositionSample } from './parse-exposition.ts';

/** One series of a server at one moment, values as the server tells them. */
export type ServerSeries =
  | {
      readonly kind: 'gauge' | 'counter';
      readonly name: string;
      readonly labels: Tags;
      readonly value: number;
    }
  | BucketSeries;

/** A histogram: how many values there have been up to each bound. */
export interface BucketSeries {
  readonly kind: 'histogram';
  readonly name: string;
  readonly labels: Tags;
  /** Rising; the last is Infinity. */
  readonly bounds: readonly number[];
  /** Not falling. */
  readonly counts: readonly number[];
}

/**
 * What the samples of a page mean. A histogram whose buckets contradict themselves is left as the counters of its sum and
 * count; a summary's quantiles are gauges (over a time that only the server knows). NaN says nothing and is left out.
 */
export function readMetrics({ types, samples }: Exposition): ServerSeries[] {
  const series: ServerSeries[] = [];
  const histograms = new Map<
    string,
    { name: string; labels: Tags; buckets: (readonly [number, number])[] }
  >();
  const parts: ExpositionSample[] = [];
  for (const sample of samples) {
    const { family, suffix, type } = familyOf(sample.name, types);
    if (suffix === '_created' || type === 'info' || type === 'stateset') continue;
    if (type !== 'histogram') {
      const isCounter = type === 'counter' || suffix === '_total' || suffix === '_sum' || suffix === '_count';
      addPlain(series, sample, isCounter);
      continue;
    }
    if (suffix !== '_bucket') {
      parts.push(sample);
      continue;
    }
    const { le, ...labels } = sample.labels;
    const key = seriesKey(family, labels);
    const found = histograms.get(key) ?? { name: family, labels, buckets: [] };
    histograms.set(key, found);
    found.buckets.push([boundOf(le), sample.value]);
  }
  const sound = new Set<string>();
  for (const [key, { name, labels, buckets }] of histograms) {
    if (!isSound(buckets)) continue;
    sound.add(key);
    const bounds = buckets.map(([bound]) => bound);
    series.push({ kind: 'histogram', name, labels, bounds, counts: buckets.map(([, count]) => count) });
  }
  // what a sound histogram says of itself needs no series of its own
  for (const part of parts)
    if (!sound.has(seriesKey(part.name.replace(/_(?:sum|count)$/, ''), part.labels)))
      addPlain(series, part, true);
  return series;
}

function addPlain(
  series: ServerSeries[],
  { name, labels, value }: ExpositionSample,
  isCounter: boolean,
): void {
  if (!Number.isFinite(value) || (isCounter && value < 0)) return;
  series.push({ kind: isCounter ? 'counter' : 'gauge', name, labels, value });
}

const suffixes = ['_total', '_bucket', '_sum', '_count', '_created'] as const;
type Suffix = (typeof suffixes)[number] | '';

/** `http_requests_total` may be declared with its suffix (text format) or without (OpenMetrics). */
function familyOf(
  name: string,
  types: ReadonlyMap<string, string>,
): { readonly family: string; readonly suffix: Suffix; readonly type: string } {
  const own = types.get(name);
  const suffix = suffixes.find((one) => name.endsWith(one)) ?? '';
  if (own !== undefined) return { family: name, suffix: suffix === '_total' ? suffix : '', type: own };
  const family = name.slice(0, name.length - suffix.length);
  const type = suffix === '' ? undefined : types.get(family);
  if (type === undefined) return { family: name, suffix: suffix === '_total' ? suffix : '', type: 'untyped' };
  return { family, suffix, type };
}

function boundOf(le: string | undefined): number {
  if (le === undefined) return Number.NaN;
  return /^\+?inf$/i.test(le) ? Infinity : le.trim() === '' ? Number.NaN : Number(le);
}

/** Bounds rise to infinity, counts are whole and do not fall. */
function isSound(buckets: readonly (readonly [number, number])[]): boolean {
  let [lastBound, lastCount] = [-Infinity, 0];
  for (const [bound, count] of buckets) {
    if (!(bound > lastBound) || !(count >= lastCount) || !Number.isSafeInteger(count)) return false;
    [lastBound, lastCount] = [bound, count];
  }
  return lastBound === Infinity;
}
