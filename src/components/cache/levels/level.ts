/** At once where the answer is in memory, a promise where it is not; `await` takes both. */
export type MaybePromise<T> = T | Promise<T>;

/** What a level has for a key. */
export interface LevelEntry<V> {
  /** undefined: it is known that there is none. */
  readonly value: V | undefined;
  /** Milliseconds that it has left to live; 0: for ever. */
  readonly ttlMs: number;
  /** What `invalidateTag` finds it by. @default none */
  readonly tags?: readonly string[];
}

/**
 * One level of a multi-level cache, and the seam for another one. It may forget anything at any time, but never
 * returns what was deleted, replaced or has expired. A level that cannot be reached rejects; it must not wait for
 * ever. Calls for one key come one after another; calls for different keys may overlap.
 */
export interface Level<V> {
  /** Unique in its cache; in the statistics. */
  readonly name: string;
  /** Whether every answer is there at once, never a promise. Such levels come first in a cache. */
  readonly isAtOnce: boolean;
  get(key: string): MaybePromise<LevelEntry<V> | undefined>;
  /** Only the keys that it has. */
  getMany(keys: readonly string[]): MaybePromise<ReadonlyMap<string, LevelEntry<V>>>;
  set(key: string, entry: LevelEntry<V>): MaybePromise<void>;
  setMany(entries: ReadonlyMap<string, LevelEntry<V>>): MaybePromise<void>;
  deleteMany(keys: readonly string[]): MaybePromise<void>;
  /** All keys that begin so. */
  deletePrefix(prefix: string): MaybePromise<void>;
  /**
   * All entries that were last set with this tag. A level without it gives no tags with its entries, and is cleared
   * as a whole instead.
   */
  invalidateTag?(tag: string): MaybePromise<void>;
  clear(): MaybePromise<void>;
  /** Let go of what the level itself has opened. */
  close(): MaybePromise<void>;
}
