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
export { createLoadingCache } from './loading/create-loading-cache.ts';
export type { FetchOptions, LoadingCache, LoadingStats } from './loading/loading-cache.ts';
export type { LoadContext, Loader, LoadingCacheOptions } from './loading/loading-options.ts';
export { createMultiLevelCache } from './levels/create-multi-level-cache.ts';
export type {
  FirstLevelOptions,
  LevelLoader,
  LevelStats,
  LookupOptions,
  MultiLevelCache,
  MultiLevelOptions,
  MultiLevelStats,
  PrefetchOptions,
  WarmEntries,
} from './levels/multi-level-cache.ts';
export type { Level, LevelEntry, MaybePromise } from './levels/level.ts';
export { MissingLevelDriverError } from './levels/level-errors.ts';
export { createMemoryLevel } from './levels/memory-level.ts';
export type { MemoryLevel, MemoryLevelOptions, MemoryLevelStats, SyncCodec } from './levels/memory-level.ts';
export { createPostgresLevel } from './levels/postgres-level.ts';
export type { PostgresLevelOptions } from './levels/postgres-level.ts';
export { createRedisLevel } from './levels/redis-level.ts';
export type { RedisLevelOptions } from './levels/redis-level.ts';
export { jsonSerializer, structuredSerializer } from './levels/serializer.ts';
export type { Serializer } from './levels/serializer.ts';
export { createSqliteLevel } from './levels/sqlite-level.ts';
export type { SqliteLevelOptions } from './levels/sqlite-level.ts';
