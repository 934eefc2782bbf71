import type { SeededRandom } from './scenario-context.ts';

/** Numbers from a seed: Marsaglia's xorshift (2003), 32 bits, for data that a process of its own makes. */
export function createSeededRandom(seed: number): SeededRandom {
  // Zero is the one state that it never leaves.
  let state = seed >>> 0 || 0x9e3779b9;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 8; round++) next();
  return { next, int: (n) => Math.floor(next() * n) };
}
