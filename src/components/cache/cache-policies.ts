import { expected } from '../internal/option-checks.ts';
import type { Cache, CacheFactory, CacheOptions } from './cache.ts';
import { createLruCache } from './lru-cache.ts';

/** Eviction policies by name. */
export const cachePolicies = {
  lru: createLruCache,
} satisfies Record<string, CacheFactory>;

export type CachePolicy = keyof typeof cachePolicies;

/** A cache of the named policy. Throws TypeError or RangeError on options it cannot follow. */
export function createCache<K, V>(
  options: CacheOptions<K, V> & { readonly policy?: CachePolicy },
): Cache<K, V> {
  const policy = options.policy ?? 'lru';
  if (!Object.hasOwn(cachePolicies, policy)) {
    throw new RangeError(expected('policy', `one of ${Object.keys(cachePolicies).join(', ')}`, policy));
  }
  return cachePolicies[policy](options);
}
