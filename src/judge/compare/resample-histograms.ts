import { visitBase64 } from '../../measure/histogram.ts';
import type { Series } from '../../model/result.ts';
import type { Resampled } from './blocks-evidence.ts';

/** Numbers that a table holds at most (32 MiB): a histogram with more values is read in coarser steps. */
const maxCells = 4_000_000;

/**
 * Percentiles (0 to 100) of any mixture of slices. The table holds, for each value that occurs, how many samples of each
 * slice do not exceed it, so a percentile of a mixture is found by bisection:
 *
 *              slice 0   slice 1   slice 2   ...
 *     1.02ms         4         0         7
 *     1.03ms        11         2         9         times counts[i], added up: samples of the mixture <= 1.03ms
 *
 * Censored samples rank above every success. Throws PerfkitError when a histogram cannot be read.
 */
export function resampleHistograms(
  slices: readonly (readonly Series[])[],
  percentiles: readonly number[],
): Resampled {
  const n = slices.length;
  const { values, cumulative, totals } = tableOf(slices);
  const upTo = (row: number, counts: Float64Array): number => {
    // hot path
    let sum = 0;
    for (let slice = 0; slice < n; slice++) sum += (cumulative[row * n + slice] ?? 0) * (counts[slice] ?? 0);
    return sum;
  };
  return {
    slices: n,
    read: (counts, into) => {
      let total = 0;
      for (let slice = 0; slice < n; slice++) total += (totals[slice] ?? 0) * (counts[slice] ?? 0);
      let low = 0;
      for (const [index, percentile] of percentiles.entries()) {
        const rank = Math.max(1, Math.ceil((percentile / 100) * total - 1e-9));
        let high = values.length - 1;
        // percentiles come in rising order: each is looked for above the one before
        while (low < high) {
          const middle = (low + high) >> 1;
          if (upTo(middle, counts) >= rank) high = middle;
          else low = middle + 1;
        }
        into[index] = total > 0 ? (values[low] ?? NaN) : NaN;
      }
    },
  };
}

interface Table {
  /** Rising; the last one stands for the censored samples where there are any. */
  readonly values: Float64Array;
  readonly cumulative: Float64Array;
  readonly totals: Float64Array;
}

function tableOf(slices: readonly (readonly Series[])[]): Table {
  const n = slices.length;
  const columns = slices.map(countsOf);
  const distinct = new Set<number>();
  for (const { counts } of columns) for (const value of counts.keys()) distinct.add(value);
  const all = Float64Array.from(distinct).toSorted();
  const step = Math.max(1, Math.ceil((all.length * n) / maxCells));
  const rows = Math.ceil(all.length / step);
  const censored = columns.some((column) => column.censored > 0) ? 1 : 0;
  const values = new Float64Array(rows + censored);
  const rowOf = new Map<number, number>();
  for (const [index, value] of all.entries()) {
    const row = Math.floor(index / step);
    rowOf.set(value, row);
    values[row] = value;
  }
  if (censored === 1)
    values[rows] = Math.max(values[rows - 1] ?? 0, ...columns.map((column) => column.shortestCensored));
  const cumulative = new Float64Array((rows + censored) * n);
  const totals = new Float64Array(n);
  for (const [slice, column] of columns.entries()) {
    for (const [value, count] of column.counts) {
      const cell = (rowOf.get(value) ?? 0) * n + slice;
      cumulative[cell] = (cumulative[cell] ?? 0) + count;
    }
    if (censored === 1) cumulative[rows * n + slice] = column.censored;
    for (let row = 1; row < rows + censored; row++) {
      const cell = row * n + slice;
      cumulative[cell] = (cumulative[cell] ?? 0) + (cumulative[cell - n] ?? 0);
    }
    totals[slice] = values.length === 0 ? 0 : (cumulative[(values.length - 1) * n + slice] ?? 0);
  }
  return { values, cumulative, totals };
}

interface SliceCounts {
  readonly counts: ReadonlyMap<number, number>;
  readonly censored: number;
  readonly shortestCensored: number;
}

function countsOf(series: readonly Series[]): SliceCounts {
  const counts = new Map<number, number>();
  let censored = 0;
  let shortestCensored = Infinity;
  for (const one of series) {
    if (one.histogram !== undefined)
      visitBase64(one.histogram, (value, count) => counts.set(value, (counts.get(value) ?? 0) + count));
    if (one.censoredHistogram !== undefined) {
      visitBase64(one.censoredHistogram, (value, count) => {
        censored += count;
        shortestCensored = Math.min(shortestCensored, value);
      });
    }
  }
  return { counts, censored, shortestCensored: censored > 0 ? shortestCensored : 0 };
}
