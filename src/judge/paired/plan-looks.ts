import type { PairedLook } from '../../model/paired.ts';

/** Each look sees twice the pairs of the one before, and has a larger part of the chances of error. */
const schedule = [
  { pairs: 10, weight: 2 },
  { pairs: 20, weight: 3 },
  { pairs: 40, weight: 5 },
  { pairs: 80, weight: 8 },
  { pairs: 160, weight: 13 },
] as const;

const fewestPairs = 5;
const mostPairs = 160;

/**
 * When a run of up to so many pairs looks at what it has: after 10, 20, 40, 80 and 160 pairs, and after the last. To look
 * again and again until something shows finds something in 41 % of all runs in which there is nothing; a few looks that
 * are declared before share the chances of error between them (Bonferroni), here 0.2, 0.3 and 0.5 of them for 40 pairs.
 * Throws RangeError unless the pairs are 5 to 160.
 */
export function planLooks(maxPairs = 40): PairedLook[] {
  if (!Number.isInteger(maxPairs) || maxPairs < fewestPairs || maxPairs > mostPairs)
    throw new RangeError(
      `Expected \`maxPairs\` to be a whole number from ${fewestPairs} to ${mostPairs}, got \`${maxPairs}\``,
    );
  const before = schedule.filter(({ pairs }) => pairs < maxPairs);
  const last = schedule.find(({ pairs }) => pairs >= maxPairs);
  const looks = [...before, { pairs: maxPairs, weight: last?.weight ?? 1 }];
  const total = looks.reduce((sum, { weight }) => sum + weight, 0);
  return looks.map(({ pairs, weight }) => ({ pairs, share: weight / total }));
}
