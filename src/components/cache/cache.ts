import type { Timers } from '../internal/timers.ts';

/**
 * A bounded in-process cache, whatever its eviction policy. Its two bounds are hard: at no moment, not even inside
 * `set`, are there more than `max` entries or more than `maxSize` bytes. Entries past their time to live are never
 * returned; they leave when they are come upon, and always before a live entry has to.
 */
export interface Cache<K, V> {
  /** The value, or undefined. A hit is a use that the policy takes note of. */
  get(key: K): V | undefined;
  /**
   * Keep the value, and forget others as the bounds demand. False when the entry is larger than the cache takes: it
   * is not kept, and neither is an older value of that key.
   */
  set(key: K, value: V, options?: SetOptions): boolean;
  /** Whether `get` would find the key. Neither a use nor in the statistics. */
  has(key: K): boolean;
  /** The value without a use and without statistics. */
  peek(key: K): V | undefined;
  /** Whether there was such a (live) entry. */
  delete(key: K): boolean;
  /** Delete every entry that was last set with this tag, in O(their number); how many (live ones) there were. */
  invalidateTag(tag: string): number;
  clear(): void;
  /** Change bounds of the running cache, at once; a bound that is not named stays. */
  resize(bounds: CacheBounds): void;
  /** Entries held, with those that have expired and were not come upon yet. */
  readonly size: number;
  /** Sum of the sizes of the entries held; 0 without `sizeCalculation`. */
  readonly bytes: number;
  /** Live keys in the order of first insertion; the cache may change meanwhile, as a Map may. Not a use. */
  keys(): IterableIterator<K>;
  /** Live entries, in the same way. */
  entries(): IterableIterator<[K, V]>;
  [Symbol.iterator](): IterableIterator<[K, V]>;
  stats(): CacheStats;
}

export interface CacheBounds {
  /** Most entries. @default 8388608, more than which a V8 Map cannot hold while entries come and go */
  readonly max?: number;
  /** Most bytes, as `sizeCalculation` counts them. @default no bound */
  readonly maxSize?: number;
}

/** At least one of `max`, `maxSize` and `ttl` is required. */
export interface CacheOptions<K, V> extends CacheBounds {
  /** Bytes of an entry, a whole number of at least 0; called once for each `set`. Required with a bound in bytes. */
  readonly sizeCalculation?: (value: V, key: K) => number;
  /** Largest entry that is kept, in bytes. @default maxSize */
  readonly maxEntrySize?: number;
  /** Milliseconds that an entry lives from its last `set`. @default 0, for ever */
  readonly ttl?: number;
  /**
   * Also remove expired entries when nobody comes upon them, by one timer that does not keep the process alive. What
   * `onEvict` throws then is an uncaught exception. @default false
   */
  readonly ttlAutopurge?: boolean;
  /** Where that timer comes from. @default those of Node */
  readonly timers?: Timers;
  /** Monotonic clock in milliseconds, read only while there are entries with a ttl. @default performance.now */
  readonly now?: () => number;
  /**
   * Told of every value that leaves, when the call that made it leave is otherwise done. It may call the cache; to
   * put back everything that is evicted never ends. What it throws is thrown by that call, after all were told.
   */
  readonly onEvict?: (value: V, key: K, reason: EvictReason) => void;
}

export interface SetOptions {
  /** For this entry, in place of the cache's; 0: for ever. */
  readonly ttl?: number;
  /** What `invalidateTag` finds the entry by: at most 100 strings, in place of those it had. @default none */
  readonly tags?: readonly string[];
}

/** evict: to keep a bound. set: another value took its place. delete: by `delete`, `invalidateTag` or `clear`. expire: its ttl is over. */
export type EvictReason = 'evict' | 'set' | 'delete' | 'expire';

/** Counts since creation, but for `entries` and `bytes`: those are now. */
export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  /** hits / (hits + misses); 0 before the first `get`. */
  readonly hitRatio: number;
  /** `set` calls that kept the value. */
  readonly sets: number;
  readonly evictions: number;
  readonly expirations: number;
  /** `set` calls that did not, because the entry was too large. */
  readonly rejected: number;
  readonly entries: number;
  readonly bytes: number;
}

export type CacheFactory = <K, V>(options: CacheOptions<K, V>) => Cache<K, V>;
