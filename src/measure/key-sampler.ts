import { createZipf } from './zipf.ts';
import type { Distribution } from '../model/plan.ts';
import type { Random } from './random.ts';

/** Gives key indices, 0 to n - 1. */
export type KeySampler = () => number;

/**
 * Which key an operation takes. zipf: key 0 is the most popular. uniform: all alike. sequential: 0, 1, 2, ... and
 * again from 0. latest: zipf by age, key n - 1 being the newest and most popular (YCSB's "latest").
 */
export function createKeySampler(distribution: Distribution, n: number, random: Random): KeySampler {
  if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
    throw new RangeError(`Expected \`n\` to be an integer from 1 to 2^32, got \`${n}\``);
  }
  switch (distribution.kind) {
    case 'uniform':
      return () => random.int(n);
    case 'sequential': {
      let next = 0;
      return () => {
        const key = next;
        next = key + 1 === n ? 0 : key + 1;
        return key;
      };
    }
    case 'zipf': {
      const rank = createZipf(n, distribution.exponent, random);
      return () => rank() - 1;
    }
    case 'latest': {
      const rank = createZipf(n, distribution.exponent, random);
      return () => n - rank();
    }
  }
}
