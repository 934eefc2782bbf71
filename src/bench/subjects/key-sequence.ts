import { createKeySampler } from '../../measure/key-sampler.ts';
import type { Random } from '../../measure/random.ts';
import type { Workload } from '../../model/plan.ts';

const shortest = 2 ** 16;
const longest = 2 ** 21;

/**
 * Key indices drawn in advance. The length is a power of two of at least eight times the keys (64 Ki to 2 Mi):
 * the sequence repeats, and a cache must not see the repetition as locality.
 */
export function createKeySequence({ keys, distribution }: Workload, random: Random): Uint32Array {
  const length = Math.min(Math.max(2 ** Math.ceil(Math.log2(Math.max(keys, 1) * 8)), shortest), longest);
  const next = createKeySampler(distribution, keys, random);
  const sequence = new Uint32Array(length);
  for (let index = 0; index < length; index++) sequence[index] = next();
  return sequence;
}
