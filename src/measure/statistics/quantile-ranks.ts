import { binomialCdf } from './beta.ts';

/** Order statistics (1 is the smallest of n) between which a quantile lies. */
export interface QuantileRanks {
  readonly lower: number;
  readonly upper: number;
  /** Probability that the quantile lies between them; at least the confidence asked for. */
  readonly coverage: number;
}

/**
 * Distribution-free interval for the p-quantile of n independent samples (Hahn and Meeker, Statistical Intervals,
 * section 5.2): at most half of what the confidence leaves lies on either side. Null when n is too small (P95 at 95 %
 * takes 72 samples, P99 368).
 */
export function quantileRanks(n: number, p: number, confidence: number): QuantileRanks | null {
  if (!Number.isSafeInteger(n) || n < 1 || !(p > 0 && p < 1))
    throw new RangeError(`Expected \`n\` of 1 or more and \`p\` between 0 and 1, got \`${n}\` and \`${p}\``);
  const tail = (1 - confidence) / 2;
  // the largest rank that lies above the quantile with at most the tail's probability, and its mirror image
  const lower = lastWhere(n, (rank) => binomialCdf(rank - 1, n, p) <= tail);
  const upper = lastWhere(n, (rank) => 1 - binomialCdf(rank - 1, n, p) > tail) + 1;
  if (lower < 1 || upper > n) return null;
  return { lower, upper, coverage: binomialCdf(upper - 1, n, p) - binomialCdf(lower - 1, n, p) };
}

/** Largest rank from 1 to n for which a condition holds that stops holding once; 0 when it never does. */
function lastWhere(n: number, holds: (rank: number) => boolean): number {
  let low = 0;
  let high = n + 1;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
