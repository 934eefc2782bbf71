import { createCache } from '../src/components/cache/index.ts';
import { createKeySampler } from '../src/measure/key-sampler.ts';
import { createRandom } from '../src/measure/random.ts';

const keyCount = 1_000;

/** A look-up that always hits, in a cache of 1,000 entries under Zipf 0.99: one function for both engines. */
export function createCacheGet(): () => unknown {
  const cache = createCache<string, number>({ policy: 'lru', max: keyCount });
  const keys = Array.from({ length: keyCount }, (_, index) => `key:${index}`);
  keys.forEach((key, index) => cache.set(key, index));
  const next = createKeySampler({ kind: 'zipf', exponent: 0.99 }, keyCount, createRandom(1));
  const sequence = Uint16Array.from({ length: 65_536 }, next);
  let call = 0;
  return () => cache.get(keys[sequence[call++ & 65_535] ?? 0] ?? '');
}
