import { Histogram } from '../../measure/histogram.ts';
import type { HistogramSlice } from '../../model/interval.ts';
import type { BucketGrowth } from './server-reading.ts';

/**
 * Values by bucket as a histogram: each stands for the upper end of its bucket, so percentiles are upper bounds; those
 * above the last finite end are censored, known only to be more. Null without any, and for more than a
 * slice can count.
 */
export function encodeBuckets({ metric, tags, bounds, counts }: BucketGrowth): HistogramSlice | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || total > mostValues) return null;
  const [within, beyond] = [new Histogram(), new Histogram()];
  try {
    const last = Math.round(bounds.at(-2) ?? 1);
    for (const [index, count] of counts.entries()) {
      const bound = bounds[index] ?? Infinity;
      if (bound < Infinity) within.recordMany(Math.round(bound), count);
      else beyond.recordMany(last, count);
    }
    return { metric, tags, data: encoded(within), censored: encoded(beyond), note };
  } finally {
    within.destroy();
    beyond.destroy();
  }
}

const note = "upper bounds, from the server's own buckets";

/** A slice counts with 32 bits. */
const mostValues = 2 ** 31 - 1;

function encoded(histogram: Histogram): Uint8Array {
  return histogram.count === 0 ? new Uint8Array(0) : histogram.encode();
}
