import type { Random } from './random.ts';

/**
 * Every variant once a round, so that a drift of the machine meets all alike. Each round starts at another place of the
 * list, and goes through it backwards or forwards, as the random source says: nobody is always first, nor always behind
 * the same neighbour.
 */
export function interleave<T>(variants: readonly T[], rounds: number, random: Random): T[][] {
  if (variants.length === 0) return [];
  const offset = random.int(variants.length);
  return Array.from({ length: rounds }, (_, round) => {
    const start = (offset + round) % variants.length;
    const rotated = [...variants.slice(start), ...variants.slice(0, start)];
    return random.int(2) === 0 ? rotated : rotated.toReversed();
  });
}
