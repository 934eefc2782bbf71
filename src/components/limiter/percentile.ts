import { expected } from '../internal/option-checks.ts';

/**
 * The p-th percentile (0 to 100) of values in any order, interpolated between the two nearest ranks (type 7 of Hyndman
 * and Fan, Sample Quantiles in Statistical Packages, 1996); NaN for none. Throws RangeError for another p.
 */
export function percentile(values: Iterable<number>, p: number): number {
  if (!(p >= 0 && p <= 100)) throw new RangeError(expected('p', 'a number from 0 to 100', p));
  const sorted = Float64Array.from(values).toSorted();
  if (sorted.length === 0) return NaN;
  const rank = ((sorted.length - 1) * p) / 100;
  const below = sorted[Math.floor(rank)] ?? NaN;
  const above = sorted[Math.ceil(rank)] ?? NaN;
  return below === above ? below : below + (above - below) * (rank - Math.floor(rank));
}
