export type {
  Cache,
  CacheBounds,
  CacheFactory,
  CacheOptions,
  CacheStats,
  EvictReason,
  SetOptions,
} from './cache.ts';
export { cachePolicies, createCache } from './cache-policies.ts';
export type { CachePolicy } from './cache-policies.ts';
export { createLruCache } from './lru-cache.ts';
