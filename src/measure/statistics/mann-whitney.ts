import { normalCdf } from './normal.ts';
import { doubledRanks, rankSumCounts } from './rank-sum-counts.ts';

export interface MannWhitney {
  /** Pairs (x of a, y of b) with x < y, ties counting a half. */
  readonly u: number;
  /** Probability under equal distributions of such a u or a larger one: small when b is larger than a. */
  readonly above: number;
  /** Likewise of such a u or a smaller one. */
  readonly below: number;
  readonly twoSided: number;
  readonly exact: boolean;
}

/** Above this many values in all the normal approximation is as good as the exact distribution. */
const maxExact = 50;

/**
 * The rank-sum test of two independent samples (Mann and Whitney, Ann. Math. Stat. 18, 1947). Exact for up to 50
 * values, given the ties that there are; above that the normal approximation with correction for ties and continuity.
 * Throws RangeError for an empty sample.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney {
  if (a.length === 0 || b.length === 0)
    throw new RangeError(`Expected two samples with values, got ${a.length} and ${b.length}`);
  const ranks = doubledRanks([...a, ...b]);
  const doubledSum = ranks.slice(a.length).reduce((sum, rank) => sum + rank, 0);
  const u = doubledSum / 2 - (b.length * (b.length + 1)) / 2;
  const tails =
    ranks.length <= maxExact
      ? exactTails(ranks, b.length, doubledSum)
      : normalTails(ranks, a.length, b.length, u);
  return {
    u,
    ...tails,
    twoSided: Math.min(1, 2 * Math.min(tails.above, tails.below)),
    exact: ranks.length <= maxExact,
  };
}

/** Smallest one-sided probability that samples of these sizes can give. */
export function smallestRankSumP(a: number, b: number): number {
  let choices = 1;
  for (let k = 1; k <= b; k++) choices = (choices * (a + k)) / k;
  return 1 / choices;
}

function exactTails(ranks: readonly number[], m: number, sum: number): { above: number; below: number } {
  const counts = rankSumCounts(ranks, m);
  const total = counts.reduce((all, count) => all + count, 0);
  return {
    above: counts.subarray(sum).reduce((all, count) => all + count, 0) / total,
    below: counts.subarray(0, sum + 1).reduce((all, count) => all + count, 0) / total,
  };
}

function normalTails(
  ranks: readonly number[],
  a: number,
  b: number,
  u: number,
): { above: number; below: number } {
  const n = a + b;
  const tied = [...Map.groupBy(ranks, (rank) => rank).values()].reduce(
    (sum, { length }) => sum + length ** 3 - length,
    0,
  );
  const deviation = Math.sqrt(((a * b) / 12) * (n + 1 - tied / (n * (n - 1))));
  if (deviation === 0) return { above: 1, below: 1 };
  const distance = u - (a * b) / 2;
  return {
    above: normalCdf(-(distance - 0.5) / deviation),
    below: normalCdf((distance + 0.5) / deviation),
  };
}
