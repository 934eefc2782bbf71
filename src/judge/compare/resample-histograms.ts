import { describeTags } from '../verdict.ts';
import { PerfkitError } from '../../model/errors.ts';
import { highestValueOf, slotCount } from '../../measure/histogram-encoding.ts';
import { createSparseSpace, readSparse } from '../../measure/sparse-counts.ts';
import type { SparseSpace } from '../../measure/sparse-counts.ts';
import type { Series } from '../../model/result.ts';
import type { Resampled } from './blocks-evidence.ts';

/** Numbers that a table holds at most (16 MiB): a histogram with more values is read in coarser steps. */
const maxCells = 2_000_000;
/** What a table begins with: more than most need, so that it seldom grows. Memory that is not touched costs nothing. */
const usualCells = 1_000_000;
const usualCounts = 1_000_000;

export interface PercentileTable extends Resampled {
  /** Samples in all slices, censored ones included. */
  readonly samples: number;
  /** From here on a value is that of censored samples: the truth is at least so much. Infinity without any. */
  readonly boundedFrom: number;
}

/**
 * Percentiles (0 to 100, in rising order) of any mixture of slices. The table holds, for each value that occurs, how many
 * samples of each slice do not exceed it, so a percentile of a mixture is found by bisection:
 *
 *              slice 0   slice 1   slice 2   ...
 *     1.02ms         4         0         7
 *     1.03ms        11         2         9         times counts[i], added up: samples of the mixture <= 1.03ms
 *
 * Censored samples rank above every success. The table is good until its space is used again. Throws PerfkitError when a
 * histogram cannot be read.
 */
export function resampleHistograms(
  slices: readonly (readonly Series[])[],
  percentiles: readonly number[],
  space: TableSpace = createTableSpace(),
): PercentileTable {
  const n = slices.length;
  const { values, cumulative, totals, boundedFrom } = tableOf(slices, space);
  const upTo = (row: number, counts: Float64Array): number => {
    // hot path
    let sum = 0;
    let cell = row * n;
    for (let slice = 0; slice < n; slice++) sum += (cumulative[cell++] ?? 0) * (counts[slice] ?? 0);
    return sum;
  };
  // where each percentile was last: the next mixture's is near it
  const last = percentiles.map(() => values.length >> 1);
  const find = (rank: number, from: number, counts: Float64Array): number => {
    // hot path: steps that double, to either side, and then bisection
    let low = 0;
    let high = values.length - 1;
    const reached = upTo(from, counts) >= rank;
    if (reached) high = from;
    else low = Math.min(from + 1, high);
    for (let step = 1; low < high; step *= 4) {
      const at = reached ? high - step : low + step;
      if (at <= low || at >= high) break;
      if (upTo(at, counts) >= rank) {
        high = at;
        if (!reached) break;
      } else {
        low = at + 1;
        if (reached) break;
      }
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo(middle, counts) >= rank) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    slices: n,
    samples: totals.reduce((sum, total) => sum + total, 0),
    boundedFrom,
    read: (counts, into) => {
      let total = 0;
      for (let slice = 0; slice < n; slice++) total += (totals[slice] ?? 0) * (counts[slice] ?? 0);
      for (let index = 0; index < percentiles.length; index++) {
        const rank = Math.max(1, Math.ceil(((percentiles[index] ?? 0) / 100) * total - 1e-9));
        const row = total > 0 ? find(rank, last[index] ?? 0, counts) : 0;
        last[index] = row;
        into[index] = total > 0 ? (values[row] ?? NaN) : NaN;
      }
    },
  };
}

/** Memory of a table: some megabytes, so that those of one series after another are not left to the collector. */
export interface TableSpace {
  readonly scratch: SparseSpace;
  slots: Uint16Array;
  counts: Uint32Array;
  cumulative: Float64Array;
}

export function createTableSpace(): TableSpace {
  return {
    scratch: createSparseSpace(),
    slots: new Uint16Array(usualCounts),
    counts: new Uint32Array(usualCounts),
    cumulative: new Float64Array(usualCells),
  };
}

interface Table {
  /** Rising; the last one stands for the censored samples where there are any. */
  readonly values: Float64Array;
  readonly cumulative: Float64Array;
  readonly totals: Float64Array;
  readonly boundedFrom: number;
}

function tableOf(slices: readonly (readonly Series[])[], space: TableSpace): Table {
  const n = slices.length;
  const columns = decode(slices, space);
  const rowOf = new Int32Array(slotCount).fill(-1);
  for (let at = 0; at < columns.used; at++) rowOf[columns.slots[at] ?? 0] = 0;
  const occupied = rowOf.reduce((sum, row) => sum + row + 1, 0);
  const step = Math.max(1, Math.ceil((occupied * n) / maxCells));
  const rows = Math.ceil(occupied / step);
  const censored = columns.censored.some((count) => count > 0) ? 1 : 0;
  const values = new Float64Array(rows + censored);
  let seen = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    if (rowOf[slot] === -1) continue;
    const row = Math.floor(seen++ / step);
    rowOf[slot] = row;
    values[row] = highestValueOf(slot);
  }
  if (censored === 1) values[rows] = Math.max(values[rows - 1] ?? 0, columns.shortestCensored);
  const cells = (rows + censored) * n;
  if (space.cumulative.length < cells) space.cumulative = new Float64Array(cells);
  const cumulative = space.cumulative.subarray(0, cells).fill(0);
  for (let slice = 0; slice < n; slice++) {
    for (let at = columns.starts[slice] ?? 0; at < (columns.starts[slice + 1] ?? 0); at++) {
      const cell = (rowOf[columns.slots[at] ?? 0] ?? 0) * n + slice;
      cumulative[cell] = (cumulative[cell] ?? 0) + (columns.counts[at] ?? 0);
    }
    if (censored === 1) cumulative[rows * n + slice] = columns.censored[slice] ?? 0;
  }
  for (let cell = n; cell < cumulative.length; cell++)
    cumulative[cell] = (cumulative[cell] ?? 0) + (cumulative[cell - n] ?? 0);
  return {
    values,
    cumulative,
    totals: cumulative.slice(Math.max(0, cumulative.length - n)),
    boundedFrom: censored === 1 ? (values[rows] ?? Infinity) : Infinity,
  };
}

/** What all slices hold, the counts one slice after the other in the space: slice i's are from starts[i] to starts[i + 1]. */
interface Columns {
  readonly slots: Uint16Array;
  readonly counts: Uint32Array;
  readonly used: number;
  readonly starts: Int32Array;
  readonly censored: Float64Array;
  /** Shortest of the censored samples. */
  readonly shortestCensored: number;
}

function decode(slices: readonly (readonly Series[])[], space: TableSpace): Columns {
  let used = 0;
  const starts = new Int32Array(slices.length + 1);
  const censored = new Float64Array(slices.length);
  let shortestCensored = Infinity;
  for (const [slice, series] of slices.entries()) {
    for (const one of series) {
      const from = used;
      if (one.histogram !== undefined) used = append(one.histogram, used, space);
      let held = 0;
      for (let at = from; at < used; at++) held += space.counts[at] ?? 0;
      if (one.censoredHistogram !== undefined) {
        const cut = readSparse(one.censoredHistogram, space.scratch);
        let never = 0;
        for (let at = 0; at < cut.used; at++) never += cut.counts[at] ?? 0;
        censored[slice] = (censored[slice] ?? 0) + never;
        if (cut.used > 0) shortestCensored = Math.min(shortestCensored, highestValueOf(cut.slots[0] ?? 0));
        held += never;
      }
      if (held !== one.count) throw contradiction(one, held);
    }
    starts[slice + 1] = used;
  }
  const { slots, counts } = space;
  return { slots, counts, used, starts, censored, shortestCensored };
}

function contradiction({ metric, tags, count }: Series, held: number): PerfkitError {
  return new PerfkitError(
    'result',
    `a slice of ${metric}${describeTags(tags)} contradicts itself: its count is ${count}, and its histograms hold ${held} samples`,
  );
}

/** Put a histogram's counts behind the first `used` of the space; gives how many are used then. */
function append(histogram: string, used: number, space: TableSpace): number {
  const read = readSparse(histogram, space.scratch);
  const needed = used + read.used;
  if (needed > space.slots.length) {
    space.slots = grown(space.slots, new Uint16Array(Math.ceil(needed * 1.5)));
    space.counts = grown(space.counts, new Uint32Array(Math.ceil(needed * 1.5)));
  }
  space.slots.set(read.slots.subarray(0, read.used), used);
  space.counts.set(read.counts.subarray(0, read.used), used);
  return needed;
}

function grown<T extends Uint16Array | Uint32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
