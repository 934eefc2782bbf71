import type { Random } from '../random.ts';

/** Pairs up to which every one of the 2^n sign patterns is looked at. */
const maxExactPairs = 18;
const drawnPatterns = 100_000;

/**
 * One-sided sign-flip test of paired differences: the probability of a sum as large as the one found, or larger, if
 * differences around `shift` were as likely above as below (Fisher, The Design of Experiments, section 21). Exact up
 * to 18 pairs; above that 100,000 patterns are drawn and the one found is counted among them, so that the answer is
 * never 0 (Phipson and Smyth 2010). Throws RangeError without pairs.
 */
export function signFlipAbove(differences: readonly number[], shift: number, random: Random): number {
  const centred = nonEmpty(differences).map((difference) => difference - shift);
  // sums of the same numbers in another order differ in the last bits
  const tolerance = 1e-12 * centred.reduce((all, value) => all + Math.abs(value), 0);
  let hits = 0;
  // a flip takes away twice the flipped: the pattern's sum reaches the one found when the flipped add up to 0 or less
  if (centred.length <= maxExactPairs) {
    const sums = subsetSums(centred);
    for (const flipped of sums) if (flipped <= tolerance) hits++;
    return hits / sums.length;
  }
  for (let pattern = 0; pattern < drawnPatterns; pattern++) {
    if (randomSubset(centred, random).sum <= tolerance) hits++;
  }
  return (hits + 1) / (drawnPatterns + 1);
}

/**
 * Interval for the centre of symmetric differences: the subset means (Hartigan, "Using subsample values as typical
 * values", JASA 64, 1969) are the values at which the sign-flip test changes its mind, so the k-th from either end
 * bounds it. Null when there are too few pairs for the confidence (5 pairs reach 93.75 %).
 */
export function signFlipInterval(
  differences: readonly number[],
  confidence: number,
  random: Random,
): readonly [number, number] | null {
  const means = subsetMeans(nonEmpty(differences), random).toSorted();
  const outside = Math.floor(((1 - confidence) / 2) * (means.length + 1) + 1e-9);
  const low = means[outside - 1];
  const high = means[means.length - outside];
  return low === undefined || high === undefined ? null : [low, high];
}

function subsetMeans(values: readonly number[], random: Random): Float64Array {
  if (values.length > maxExactPairs) {
    return Float64Array.from({ length: drawnPatterns - 1 }, () => {
      for (;;) {
        const { sum, size } = randomSubset(values, random);
        if (size > 0) return sum / size;
      }
    });
  }
  const sums = subsetSums(values);
  const sizes = subsetSums(values.map(() => 1));
  return sums.subarray(1).map((sum, index) => sum / (sizes[index + 1] ?? 1));
}

/** The sum of every subset: bit i of the index says whether values[i] is in it. */
function subsetSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** values.length);
  for (const [index, value] of values.entries()) {
    const half = 2 ** index;
    for (let subset = 0; subset < half; subset++) sums[half + subset] = (sums[subset] ?? 0) + value;
  }
  return sums;
}

function randomSubset(values: readonly number[], random: Random): { sum: number; size: number } {
  let sum = 0;
  let size = 0;
  let bits = 0;
  for (const [index, value] of values.entries()) {
    if (index % 32 === 0) bits = random.uint32();
    if ((bits >>> (index % 32)) % 2 === 0) continue;
    sum += value;
    size++;
  }
  return { sum, size };
}

function nonEmpty(values: readonly number[]): readonly number[] {
  if (values.length === 0) throw new RangeError('Expected `differences` to hold values, got none');
  return values;
}
