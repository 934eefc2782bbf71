import { highestValueOf } from '../measure/histogram-encoding.ts';
import { readSparse } from '../measure/sparse-counts.ts';
import { PerfkitError } from '../model/errors.ts';
import type { SparseCounts, SparseSpace } from '../measure/sparse-counts.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { Series } from '../model/result.ts';

/** Percentile fields of a histogram series, in rising order. */
const percentiles = [
  ['p50', 50],
  ['p75', 75],
  ['p90', 90],
  ['p95', 95],
  ['p99', 99],
  ['p999', 99.9],
] as const;

/** What contradicts itself in a series that has the right shape; empty when nothing does. `definition` when known. */
export function seriesFaults(series: Series, definition: MetricDefinition | undefined): string[] {
  return [...definitionFaults(series, definition), ...checks[series.kind](series, definition)];
}

/**
 * What the encoded histograms of a series say against its fields; empty when they agree. Takes a decoding, so it is for
 * the series of a whole run; those of intervals are checked where they are decoded.
 */
export function histogramFaults(series: Series, space: SparseSpace): string[] {
  if (series.kind !== 'histogram') return [];
  try {
    const censored = totalOf(series.censoredHistogram, space);
    const done = totalOf(series.histogram, space);
    if (done + censored !== series.count)
      return [`count is ${series.count}, and its histograms hold ${done + censored} samples`];
    if (censored !== (series.censored ?? 0))
      return [`censored is ${series.censored ?? 0}, and its histogram holds ${censored}`];
    return done === 0 || series.histogram === undefined
      ? []
      : percentileFaults(series, readSparse(series.histogram, space), done);
  } catch (error) {
    if (error instanceof PerfkitError) return [error.message];
    throw error;
  }
}

function totalOf(histogram: string | undefined, space: SparseSpace): number {
  if (histogram === undefined) return 0;
  const { counts, used } = readSparse(histogram, space);
  let total = 0;
  for (let at = 0; at < used; at++) total += counts[at] ?? 0;
  return total;
}

/** Those of operations that completed; the ones among censored samples are no more than bounds. */
function percentileFaults(series: Series, { slots, counts, used }: SparseCounts, done: number): string[] {
  const faults: string[] = [];
  let at = 0;
  let reached = counts[0] ?? 0;
  for (const [name, percentile] of percentiles) {
    const rank = Math.max(1, Math.ceil((percentile / 100) * series.count - 1e-9));
    if (rank > done) break;
    while (reached < rank && at < used) reached += counts[++at] ?? 0;
    const decoded = highestValueOf(slots[at] ?? 0);
    const field = series[name];
    if (field !== undefined && !isNear(field, decoded, histogramError))
      faults.push(`${name} is ${field}, and its histogram says ${decoded}`);
  }
  const largest = highestValueOf(slots[used - 1] ?? 0);
  if (series.max !== undefined && done === series.count && !isNear(series.max, largest, histogramError))
    faults.push(`max is ${series.max}, and its histogram says ${largest}`);
  return faults;
}

/** Three digits, read from either end of a bucket. */
const histogramError = 0.002;

function definitionFaults({ kind, unit }: Series, definition: MetricDefinition | undefined): string[] {
  if (definition === undefined) return [];
  return [
    ...(kind === definition.kind ? [] : [`it is a ${kind}, and its metric a ${definition.kind}`]),
    ...(unit === definition.unit ? [] : [`its unit is ${unit}, and that of its metric ${definition.unit}`]),
  ];
}

const checks = {
  histogram: checkHistogram,
  counter: checkCounter,
  gauge: checkGauge,
} satisfies Record<Series['kind'], (series: Series, definition: MetricDefinition | undefined) => string[]>;

function checkHistogram(series: Series): string[] {
  const { count, censored = 0, boundedFrom, min, mean, max, histogram, censoredHistogram } = series;
  const told = [min, ...percentiles.map(([name]) => series[name]), max].filter((one) => one !== undefined);
  return [
    ...wholeFaults('count', count),
    ...wholeFaults('censored', censored),
    ...(censored > count ? [`${censored} of ${count} samples are censored`] : []),
    ...(count > 0 && histogram === undefined && censoredHistogram === undefined
      ? [`count is ${count}, and there is no histogram`]
      : []),
    ...((told[0] ?? 0) < 0 ? [`it has negative values: ${told[0]}`] : []),
    ...(told.some((value, index) => value < (told[index - 1] ?? value))
      ? ['min, its percentiles and max do not rise']
      : []),
    ...(mean !== undefined && count > 0 && !isWithin(mean, min, max)
      ? [`its mean ${mean} is not between min and max`]
      : []),
    ...(boundedFrom !== undefined && !isNear(boundedFrom, (100 * (count - censored)) / count, 1e-6)
      ? [`boundedFrom is ${boundedFrom}, with ${censored} of ${count} samples censored`]
      : []),
  ];
}

function checkCounter({ count, of, rate }: Series, definition: MetricDefinition | undefined): string[] {
  const negative = [
    ...(count < 0 ? [`count is negative: ${count}`] : []),
    ...(of !== undefined && of < 0 ? [`of is negative: ${of}`] : []),
  ];
  if (negative.length > 0 || rate === undefined || definition === undefined) return negative;
  const scale = definition.rate === 'ratio' ? 1 : 1e9;
  return of !== undefined && of > 0 && isNear(rate, (count * scale) / of, 1e-6)
    ? []
    : [`rate is ${rate}, with ${count} of ${of ?? 'nothing'}`];
}

function checkGauge({ count, value, min, max }: Series): string[] {
  return [
    ...wholeFaults('count', count),
    ...(count > 0 && value === undefined ? [`count is ${count}, and there is no value`] : []),
    ...(value !== undefined && !isWithin(value, min, max)
      ? [`its value ${value} is not between min and max`]
      : []),
  ];
}

function wholeFaults(name: string, value: number): string[] {
  return Number.isSafeInteger(value) && value >= 0
    ? []
    : [`expected ${name} to be a whole number of 0 or more, got ${value}`];
}

function isWithin(value: number, min = -Infinity, max = Infinity): boolean {
  return (
    (value >= min || isNear(value, min, histogramError)) &&
    (value <= max || isNear(value, max, histogramError))
  );
}

function isNear(value: number, other: number, share: number): boolean {
  return Math.abs(value - other) <= share * Math.max(Math.abs(value), Math.abs(other));
}
