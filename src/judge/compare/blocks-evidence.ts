import { bcaDistribution } from '../../measure/statistics/bca.ts';
import { blockLengthFor, drawBlocks } from '../../measure/statistics/block-bootstrap.ts';
import { normalCdf } from '../../measure/statistics/normal.ts';
import type { Random } from '../../measure/random.ts';
import type { Evidence } from './evidence.ts';

/** A run's slices, of which any mixture can be read again. */
export interface Resampled {
  readonly slices: number;
  /** One value a statistic into `into`; counts[i] is how often slice i is in the mixture. NaN where it has no value. */
  readonly read: (counts: Float64Array, into: Float64Array) => void;
}

export interface BlocksOptions {
  readonly statistics: number;
  readonly resamples: number;
  readonly confidence: number;
  readonly random: Random;
  /** The change from the base's value to the head's, for each statistic. */
  readonly change: (statistic: number, base: number, head: number) => number;
}

/**
 * Evidence from slices in time: both runs are drawn again and again from blocks of their slices, and every statistic is
 * read from each draw (bootstrap of blocks, with Efron's BCa intervals). Null for a statistic that a draw lacks.
 */
export function blocksEvidence(
  base: Resampled,
  head: Resampled,
  options: BlocksOptions,
): (Evidence | null)[] {
  const { statistics, resamples, random } = options;
  const sides = [base, head].map((side) => ({
    read: side.read,
    counts: new Float64Array(side.slices),
    blockLength: blockLengthFor(side.slices),
    values: new Float64Array(statistics),
  }));
  const replicates = Array.from({ length: statistics }, () => new Float64Array(resamples));
  const [first, second] = sides;
  if (first === undefined || second === undefined) return [];
  const changeOf = (index: number): number =>
    options.change(index, first.values[index] ?? NaN, second.values[index] ?? NaN);
  for (let draw = 0; draw < resamples; draw++) {
    for (const { read, counts, blockLength, values } of sides) {
      drawBlocks(counts, blockLength, random);
      read(counts, values);
    }
    for (const [index, column] of replicates.entries()) column[draw] = changeOf(index);
  }
  const leftOut = sides.map((side) => leaveOneOut(side, sides, statistics, changeOf));
  readAll(sides);
  return replicates.map((column, index) =>
    evidenceOf(
      changeOf(index),
      column,
      leftOut.map((columns) => columns[index] ?? []),
      options.confidence,
    ),
  );
}

type Side = {
  readonly read: Resampled['read'];
  readonly counts: Float64Array;
  readonly values: Float64Array;
};

function readAll(sides: readonly Side[]): void {
  for (const { read, counts, values } of sides) read(counts.fill(1), values);
}

/** For each statistic its values with one slice of the side left out. */
function leaveOneOut(
  side: Side,
  sides: readonly Side[],
  statistics: number,
  changeOf: (statistic: number) => number,
): number[][] {
  const columns = Array.from({ length: statistics }, (): number[] => []);
  readAll(sides);
  if (side.counts.length < 2) return columns;
  for (let slice = 0; slice < side.counts.length; slice++) {
    side.counts[slice] = 0;
    side.read(side.counts, side.values);
    side.counts[slice] = 1;
    for (const [index, column] of columns.entries()) column.push(changeOf(index));
  }
  return columns;
}

function evidenceOf(
  estimate: number,
  replicates: Float64Array,
  leftOut: readonly (readonly number[])[],
  confidence: number,
): Evidence | null {
  if (Number.isNaN(estimate) || replicates.some(Number.isNaN)) return null;
  const standardError = deviationOf(replicates);
  const bca = bcaDistribution(estimate, replicates, leftOut);
  // beyond every draw the share is only known to be small: the normal tail says how small
  const below = (of: number): number => {
    const p = bca.below(of);
    if (standardError === 0 || !bca.beyond(of)) return p;
    const tail = normalCdf((of - estimate) / standardError);
    return of < estimate ? Math.min(p, tail) : Math.max(p, tail);
  };
  return {
    method: 'blocks',
    estimate,
    interval: bca.interval(confidence),
    standardError,
    above: below,
    below: (of) => 1 - below(of),
  };
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
