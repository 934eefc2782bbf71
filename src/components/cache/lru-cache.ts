import type { Cache, CacheOptions } from './cache.ts';
import { LruOrder } from './policies/lru-order.ts';
import { SlotCache } from './slot-cache.ts';

/** A cache that evicts the least recently used entry: every operation O(1). */
export function createLruCache<K, V>(options: CacheOptions<K, V>): Cache<K, V> {
  return new SlotCache(options, () => new LruOrder());
}
