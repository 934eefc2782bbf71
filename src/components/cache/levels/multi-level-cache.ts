import type { DurationSummary } from '../../internal/duration-histogram.ts';
import type { CachePolicy } from '../cache-policies.ts';
import type { SetOptions } from '../cache.ts';
import type { Level, MaybePromise } from './level.ts';

/**
 * A cascade of caches before a source: values in this process first (L1), then the levels given, then the loader. What
 * is found below is put into every level above it, on whatever path it was found.
 *
 *     get ──> L1 objects ──> L2 compressed ──> L3 database, Redis, ... ──> loader
 *                ^               ^                  │                        │
 *                └───────────────┴──── promotion ───┴────────────────────────┘
 *
 * A look-up that memory can answer is answered at once, without a promise. A level that fails is passed over in
 * look-ups (see `onLevelError`); `set`, `delete`, `deletePrefix`, `invalidateTag` and `clear` reject when a level did not take part, for
 * it may then hold what it should not.
 */
export interface MultiLevelCache<V> {
  /** undefined when no level has it, or when it is known that there is none. Never asks the source. */
  get(key: string, options?: LookupOptions): MaybePromise<V | undefined>;
  /** Only the keys that were found, each look-up counted as one. One question to each level. */
  getMany(keys: readonly string[]): Promise<Map<string, V>>;
  /**
   * The value from the cascade, else from the loader (at once if that answers at once and no level is far): one look-up and one load at a time for each key, which all who
   * ask share. Rejects with what the loader threw. An abort stops waiting, and the load too when nobody else waits.
   */
  getOrSet(key: string, loader?: LevelLoader<V>, options?: LookupOptions): MaybePromise<V | undefined>;
  /** Into all levels. Resolves when all have it; `get` returns it from now on. */
  set(key: string, value: V, options?: SetOptions): Promise<void>;
  /** From all levels; what is being looked up or loaded meanwhile is not kept. */
  delete(key: string): Promise<void>;
  deleteMany(keys: readonly string[]): Promise<void>;
  deletePrefix(prefix: string): Promise<void>;
  /**
   * From all levels, every entry that was last set with this tag: O(their number), in Redis O(1). What is being looked
   * up or loaded meanwhile is not kept, whatever its tags. A level that knows no tags is cleared.
   */
  invalidateTag(tag: string): Promise<void>;
  clear(): Promise<void>;
  /**
   * Fill before the first look-up, most popular first: L1 as far as it has room, and the levels in this process. The
   * event loop runs between chunks. Resolves to the number of entries.
   */
  warm(entries: WarmEntries<V>, options?: SetOptions): Promise<number>;
  /** Resolves when every write that is under way in the background is done. */
  flush(): Promise<void>;
  /** `flush`, then close every level. */
  close(): Promise<void>;
  stats(): MultiLevelStats;
}

export type WarmEntries<V> = Iterable<readonly [string, V]> | AsyncIterable<readonly [string, V]>;

/** May return undefined for "there is none", which is remembered for `negativeTtl`. */
export type LevelLoader<V> = (
  key: string,
  context: { readonly signal: AbortSignal },
) => V | undefined | PromiseLike<V | undefined>;

export interface LookupOptions {
  readonly signal?: AbortSignal;
}

/** Times are milliseconds. */
export interface MultiLevelOptions<V> {
  readonly l1?: FirstLevelOptions<V>;
  /** Below L1, fastest first: those that answer at once, then the others. @default none */
  readonly levels?: readonly Level<V>[];
  /** What `getOrSet` and prefetching call when they are given no loader. */
  readonly loader?: LevelLoader<V>;
  /** How long a value lives, in all levels; 0: for ever. @default 0 */
  readonly ttl?: number;
  /** How long it is remembered that there is no such value; 0: not. @default ttl */
  readonly negativeTtl?: number;
  /** Tags of a value that is loaded (undefined: there is none), or set without any. @default none */
  readonly tagsOf?: (value: V | undefined, key: string) => readonly string[];
  /** Look up ahead the key that came after this one before. @default off */
  readonly prefetch?: PrefetchOptions;
  /** Told of a level that failed in a look-up or a write in the background. It must not throw. */
  readonly onLevelError?: (error: unknown, level: string) => void;
  /** Monotonic clock. @default performance.now */
  readonly now?: () => number;
}

export interface FirstLevelOptions<V> {
  /** @default 'w-tinylfu' */
  readonly policy?: CachePolicy;
  /** @default 1000 */
  readonly max?: number;
  /** @default 10485760 (10 MiB) */
  readonly maxSize?: number;
  /** Bytes of a value. @default an estimate that walks through it */
  readonly sizeOf?: (value: V, key: string) => number;
  /** A value lives here for at most so long. @default that of the cache */
  readonly ttl?: number;
}

export interface PrefetchOptions {
  /** Keys whose successor is remembered. @default 10000 */
  readonly maxKeys?: number;
  /** How often a successor must have been right, net of the times it was not. @default 2 */
  readonly minLead?: number;
  /** Most look-ups ahead under way at once; more are not made. @default 4 */
  readonly concurrency?: number;
}

/** Counts since creation. */
export interface MultiLevelStats {
  readonly lookups: number;
  /** Found in any level, known absences among them. */
  readonly hits: number;
  readonly hitRatio: number;
  readonly misses: number;
  readonly loads: number;
  readonly loadFailures: number;
  /** Callers who waited for a look-up or load that another one had started. */
  readonly shared: number;
  readonly prefetches: number;
  /** Prefetched keys that were then asked for. */
  readonly prefetchHits: number;
  readonly levels: readonly LevelStats[];
}

export interface LevelStats {
  readonly name: string;
  readonly lookups: number;
  readonly hits: number;
  /** Of the level's own look-ups, and of all look-ups of the cache. */
  readonly hitRatio: number;
  readonly share: number;
  readonly promotions: number;
  readonly failures: number;
  /** Of look-ups in it; of the first level one in 64 is timed, of others in this process one in 16. */
  readonly latency: DurationSummary;
}
