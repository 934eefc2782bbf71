import { expected } from '../internal/option-checks.ts';
import type { Cache, CacheFactory, CacheOptions } from './cache.ts';
import { createLruCache } from './lru-cache.ts';
import { LfuOrder } from './policies/lfu-order.ts';
import { S3FifoOrder } from './policies/s3-fifo-order.ts';
import { SieveOrder } from './policies/sieve-order.ts';
import { WTinyLfuOrder } from './policies/w-tiny-lfu-order.ts';
import { SlotCache } from './slot-cache.ts';

/** Eviction policies by name. */
export const cachePolicies = {
  lru: createLruCache,
  lfu: (options) => new SlotCache(options, () => new LfuOrder()),
  sieve: (options) => new SlotCache(options, () => new SieveOrder()),
  's3-fifo': (options) => new SlotCache(options, (kind) => new S3FifoOrder(kind)),
  'w-tinylfu': (options) => new SlotCache(options, (kind) => new WTinyLfuOrder(kind)),
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
