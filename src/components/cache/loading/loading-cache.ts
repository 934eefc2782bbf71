import type { CacheStats, SetOptions } from '../cache.ts';
import type { Loader } from './loading-options.ts';

/**
 * A cache that loads what it does not have: once for all who ask at the same time, early or in the background if told
 * so, and without forgetting a good value because of one bad load. See LoadingCacheOptions.
 */
export interface LoadingCache<K, V> {
  /** The value if it is held and fresh; never a load. Throws the error that is remembered in its place. */
  get(key: K): V | undefined;
  /**
   * The value that is held, else what the loader returns. Rejects with what the loader threw, unless a value within
   * `staleIfError` is held; with the signal's reason when that is aborted, which stops the load only if nobody else
   * waits for it. A key that is set or deleted during its load keeps what it was set to.
   */
  fetch(key: K, loader?: Loader<K, V>, options?: FetchOptions): Promise<V>;
  /** The same, under the name that other caches have for it. */
  getOrSet(key: K, loader: Loader<K, V>, options?: FetchOptions): Promise<V>;
  set(key: K, value: V, options?: SetOptions): boolean;
  /** Whether `get` would return something, undefined included. */
  has(key: K): boolean;
  /** Also from a load that is under way: its callers get their value, but it is not kept. */
  delete(key: K): boolean;
  /** Delete what was last set or loaded with the tag; how many there were. No load under way is kept, whatever its tags. */
  invalidateTag(tag: string): number;
  clear(): void;
  stats(): LoadingStats;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Load whatever is held. @default false */
  readonly forceRefresh?: boolean;
  /** Milliseconds that what is loaded is fresh, in place of the cache's. */
  readonly ttl?: number;
  /** Of what is loaded, see `invalidateTag`. Those who wait for the load of another have that one's. @default none */
  readonly tags?: readonly string[];
}

/** `hits` and `misses` are those of `get` and `fetch`; a stale value that was returned is a hit. */
export interface LoadingStats extends CacheStats {
  readonly loads: number;
  readonly loadFailures: number;
  /** Callers who waited for a load that another one had started. */
  readonly sharedLoads: number;
  /** Loads begun before the end of the ttl, by chance (XFetch). */
  readonly earlyRefreshes: number;
  /** Stale values returned while a load was under way, and in place of one that failed. */
  readonly staleHits: number;
  readonly staleOnError: number;
  /** Of the loads that succeeded; 0 before the first. */
  readonly meanLoadMs: number;
  readonly loading: number;
}
