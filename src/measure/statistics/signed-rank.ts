import { medianOf } from './median.ts';
import type { Centre } from './paired-t.ts';

const maxPairs = 500;

/**
 * Sign-flip permutation test of paired differences with ranks for scores (Wilcoxon, Biometrics Bulletin 1, 1945): every
 * one of the 2^n patterns of signs is counted, by dynamic programming over the sums of ranks. The estimate and interval
 * are those that invert it (Hodges and Lehmann, Ann. Math. Stat. 34, 1963), so one pair that is far off moves none of
 * them much. Exact with ties too; a difference at the centre itself counts against what is tested. Throws RangeError
 * unless there are 1 to 500 finite differences.
 */
export function signedRank(differences: readonly number[]): Centre {
  const n = differences.length;
  if (n < 1 || n > maxPairs || !differences.every(Number.isFinite))
    throw new RangeError(`Expected \`differences\` to be 1 to ${maxPairs} finite numbers, got ${n}`);
  let made: Float64Array | null = null;
  const averagesOf = (): Float64Array => (made ??= walshAverages(differences));
  return {
    estimate: () => medianOf(averagesOf()),
    interval: (confidence) => {
      const averages = averagesOf();
      const outside = sumsOutside(n, (1 - confidence) / 2);
      const low = averages[outside];
      const high = averages[averages.length - 1 - outside];
      return outside < 0 || low === undefined || high === undefined ? null : [low, high];
    },
    above: (of) => atLeast(differences.map((difference) => difference - of)),
    below: (of) => atLeast(differences.map((difference) => of - difference)),
  };
}

/** Smallest one-sided probability that so many pairs can give: all on one side. */
export function smallestSignedRankP(pairs: number): number {
  return 2 ** -pairs;
}

function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let next = 0;
  for (const [index, first] of values.entries()) {
    for (let second = index; second < values.length; second++)
      averages[next++] = (first + (values[second] ?? 0)) / 2;
  }
  return averages.toSorted();
}

/** Probability of a sum of the positives' ranks as large as the one found, or larger, when signs are drawn. */
function atLeast(centred: readonly number[]): number {
  const order = centred.toSorted((a, b) => Math.abs(a) - Math.abs(b));
  const ranks = wholeRanks(order.map(Math.abs));
  let found = 0;
  let total = 0;
  for (const [index, value] of order.entries()) {
    const rank = ranks[index] ?? 0;
    total += rank;
    if (value > 0) found += rank;
  }
  // the sums are as likely from below as from above: the shorter end is added up
  if (found * 2 > total) return shareUpTo(ranks, total - found);
  return found === 0 ? 1 : 1 - shareUpTo(ranks, found - 1);
}

/** Ranks of the values, which are in order; doubled when equal ones share the mean of theirs, so that all are whole. */
function wholeRanks(sorted: readonly number[]): number[] {
  const doubled: number[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (sorted[to] === sorted[from] && to < sorted.length) to++;
    for (let index = from; index < to; index++) doubled.push(from + 1 + to);
    from = to;
  }
  return doubled.every((rank) => rank % 2 === 0) ? doubled.map((rank) => rank / 2) : doubled;
}

/** Probability of a sum of at most `limit`. */
function shareUpTo(ranks: readonly number[], limit: number): number {
  let share = 0;
  for (const probability of sumDistribution(ranks, limit)) share += probability;
  return share;
}

/** Probability of each sum up to `limit` when every rank is taken or left with the toss of a coin. */
function sumDistribution(ranks: readonly number[], limit: number): Float64Array {
  const sums = new Float64Array(limit + 1);
  sums[0] = 1;
  let largest = 0;
  for (const rank of ranks) {
    largest = Math.min(limit, largest + rank);
    for (let sum = largest; sum >= rank; sum--) sums[sum] = ((sums[sum] ?? 0) + (sums[sum - rank] ?? 0)) / 2;
    for (let sum = Math.min(largest, rank - 1); sum >= 0; sum--) sums[sum] = (sums[sum] ?? 0) / 2;
  }
  return sums;
}

/** How many of the ordered averages lie outside on either side: the largest d with P(sum <= d) <= tail; -1 for none. */
function sumsOutside(n: number, tail: number): number {
  const ranks = Array.from({ length: n }, (_, index) => index + 1);
  // half of all sums: a tail is less than that
  const sums = sumDistribution(ranks, Math.floor((n * (n + 1)) / 4));
  let below = 0;
  for (const [sum, probability] of sums.entries()) {
    below += probability;
    // 1 - confidence is off in its last bits
    if (below > tail * (1 + 1e-9)) return sum - 1;
  }
  return sums.length - 1;
}
