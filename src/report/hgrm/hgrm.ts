import { visitBase64 } from '../../measure/histogram-encoding.ts';
import { labelOf } from '../rows.ts';
import { plain } from '../text.ts';
import { resultsOf } from '../reporter.ts';
import { percentileDistribution } from './percentile-distribution.ts';
import type { Bucket } from './percentile-distribution.ts';
import type { FolderReporter } from '../reporter.ts';
import type { Series } from '../../model/result.ts';

/**
 * A percentile distribution (`.hgrm`) for each histogram, as HistogramLogProcessor writes them: durations in
 * milliseconds, other units as they are. Operations that never completed rank above all others, as they do in every
 * percentile of perfkit, and a comment says from where on the values are lower bounds.
 */
export const hgrm: FolderReporter = function* (document) {
  const taken = new Set<string>();
  for (const { scenario, series } of resultsOf(document)) {
    for (const one of series) {
      if (one.kind !== 'histogram' || one.histogram === undefined) continue;
      const name = freeName([scenario.name, one.metric, labelOf(one.tags)], taken);
      yield { name, text: distributionOf(one) };
    }
  }
};

function distributionOf(series: Series): string {
  const scale = series.unit === 'ns' ? 1e6 : 1;
  const success = bucketsOf(series.histogram);
  const floor = success.at(-1)?.highest ?? 0;
  const censored = bucketsOf(series.censoredHistogram).map((bucket) =>
    bucket.highest > floor ? bucket : { ...bucket, lowest: floor, highest: floor },
  );
  const text = percentileDistribution([...success, ...censored], scale);
  if (censored.length === 0) return text;
  const count = (buckets: readonly Bucket[]): number => buckets.reduce((sum, one) => sum + one.count, 0);
  const cut = count(censored);
  const from = (1 - cut / (cut + count(success))).toFixed(6);
  return `${text}#[Censored = ${cut}, lower bounds from the percentile ${from}]\n`;
}

function bucketsOf(histogram: string | undefined): Bucket[] {
  const buckets: Bucket[] = [];
  if (histogram !== undefined && histogram !== '')
    visitBase64(histogram, (highest, count) => {
      buckets.push({ lowest: highest - widthAt(highest) + 1, highest, count });
    });
  return buckets;
}

/** Values that one bucket stands for: three digits need 2048 of them before the width doubles. */
function widthAt(value: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(value)) - 10);
}

/** A legal file name everywhere, unlike any before it. */
function freeName(parts: readonly string[], taken: Set<string>): string {
  const words = parts.map((part) =>
    plain(part)
      .replace(/[^\w.]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, ''),
  );
  const base = words
    .filter((word) => word !== '')
    .join('-')
    .slice(0, 100);
  let name = `${base || 'series'}.hgrm`;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base || 'series'}.${number}.hgrm`;
  taken.add(name.toLowerCase());
  return name;
}
