import { setImmediate } from 'node:timers/promises';
import { callable, delayMs } from '../../internal/option-checks.ts';
import { monotonicMs } from '../../internal/timers.ts';
import type { SetOptions } from '../cache.ts';
import { ttlOption } from '../cache-settings.ts';
import { tagOption, tagsOption } from '../tag-index.ts';
import { Cascade } from './cascade.ts';
import { absent, createFirstLevel, firstLevelMax } from './first-level.ts';
import type { FirstLevel } from './first-level.ts';
import { KeyTurns } from './key-turns.ts';
import type { Level, LevelEntry, MaybePromise } from './level.ts';
import { LevelCounters } from './level-counters.ts';
import { LookupFlights } from './lookup-flights.ts';
import type { Loaded } from './lookup-flights.ts';
import type {
  LevelLoader,
  LookupOptions,
  MultiLevelCache,
  MultiLevelOptions,
  MultiLevelStats,
  WarmEntries,
} from './multi-level-cache.ts';
import { Prefetcher } from './prefetcher.ts';
import { shorterTtl } from './shorter-ttl.ts';

/** Look-ups of L1 between two that are timed: reading the clock takes longer than the look-up. */
const timedEvery = 64;
/** Entries that `warm` puts in before it lets the event loop run. */
const warmChunk = 256;

/** Throws TypeError or RangeError on options it cannot follow. */
export function createMultiLevelCache<V>(options: MultiLevelOptions<V> = {}): MultiLevelCache<V> {
  return new LevelledCache(options);
}

class LevelledCache<V> implements MultiLevelCache<V> {
  readonly #l1: FirstLevel<V>;
  readonly #l1Max: number;
  readonly #l1Counters = new LevelCounters('l1');
  readonly #lower: Cascade<V>;
  readonly #loader: LevelLoader<V> | null;
  readonly #ttlMs: number;
  readonly #negativeTtlMs: number | null;
  readonly #tagsOf: ((value: V | undefined, key: string) => readonly string[]) | null;
  readonly #l1TtlMs: number;
  readonly #now: () => number;
  readonly #flights: LookupFlights<V>;
  /** Changes of the far levels, so that for each key they happen in the order of the calls. */
  readonly #turns = new KeyTurns();
  readonly #prefetcher: Prefetcher | null;
  #lookups = 0;
  #hits = 0;
  #misses = 0;

  constructor(options: MultiLevelOptions<V>) {
    const { loader, ttl = 0, negativeTtl, now = monotonicMs, l1 = {}, levels = [], prefetch } = options;
    this.#ttlMs = delayMs('ttl', ttl);
    this.#negativeTtlMs = negativeTtl === undefined ? null : delayMs('negativeTtl', negativeTtl);
    this.#l1TtlMs = delayMs('l1.ttl', l1.ttl ?? ttl);
    this.#loader = loader === undefined ? null : callable('loader', loader);
    this.#tagsOf = options.tagsOf === undefined ? null : callable('tagsOf', options.tagsOf);
    this.#now = callable('now', now);
    this.#l1Max = l1.max ?? firstLevelMax;
    this.#l1 = createFirstLevel(l1, this.#l1TtlMs, now);
    this.#lower = new Cascade(levels, { now, onLevelError: options.onLevelError ?? null });
    this.#flights = new LookupFlights({
      lower: this.#lower,
      turns: this.#turns,
      onFound: (key, entry) => this.#keepFirst(key, entry),
      onLoaded: (key, value) => this.#keepLoaded(key, value),
    });
    this.#prefetcher = prefetch === undefined ? null : new Prefetcher(prefetch, (key) => this.#bring(key));
  }

  // hot path: an answer of L1 makes no promise
  get(key: string, options?: LookupOptions): MaybePromise<V | undefined> {
    const held = this.#fromFirst(key);
    if (held !== undefined) return held === absent ? undefined : held;
    const near = this.#fromNear(key);
    if (near !== undefined) return near.value;
    if (!this.#lower.hasFar) {
      this.#misses++;
      return undefined;
    }
    return this.#getFar(key, options?.signal);
  }

  // hot path: as get
  getOrSet(key: string, loader?: LevelLoader<V>, options?: LookupOptions): MaybePromise<V | undefined> {
    const held = this.#fromFirst(key);
    if (held !== undefined) return held === absent ? undefined : held;
    const near = this.#fromNear(key);
    if (near !== undefined) return near.value;
    return this.#getFarOrLoad(key, loader, options?.signal);
  }

  async getMany(keys: readonly string[]): Promise<Map<string, V>> {
    const values = new Map<string, V>();
    const far: string[] = [];
    const take = (key: string, value: V | undefined): void => {
      if (value !== undefined) values.set(key, value);
    };
    for (const key of new Set(keys)) {
      const held = this.#fromFirst(key);
      if (held !== undefined) {
        take(key, held === absent ? undefined : held);
        continue;
      }
      const near = this.#fromNear(key);
      if (near === undefined) far.push(key);
      else take(key, near.value);
    }
    if (far.length === 0) return values;
    const found = await this.#flights.findMany(far);
    this.#hits += found.size;
    this.#misses += far.length - found.size;
    for (const [key, entry] of found) take(key, entry.value);
    return values;
  }

  async set(key: string, value: V, options?: SetOptions): Promise<void> {
    const entry = this.#entry(key, value, options);
    this.#flights.forget(key);
    this.#keepFirst(key, entry);
    this.#lower.keepNear(key, entry);
    await this.#changeFar(key, (level) => level.set(key, entry));
  }

  async delete(key: string): Promise<void> {
    this.#flights.forget(key);
    this.#l1.delete(key);
    this.#lower.eraseNear([key]);
    await this.#changeFar(key, (level) => level.deleteMany([key]));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    const results = await Promise.allSettled(keys.map((key) => this.delete(key)));
    throwFailures(results);
  }

  async deletePrefix(prefix: string): Promise<void> {
    const eraseFirst = (): void => {
      for (const key of this.#l1.keys()) if (key.startsWith(prefix)) this.#l1.delete(key);
    };
    await this.#changeAll(eraseFirst, (level) => level.deletePrefix(prefix));
  }

  async invalidateTag(tag: string): Promise<void> {
    tagOption(tag);
    await this.#changeAll(
      () => this.#l1.invalidateTag(tag),
      // One that knows no tags must not keep what it cannot find.
      (level) => (level.invalidateTag === undefined ? level.clear() : level.invalidateTag(tag)),
    );
  }

  async clear(): Promise<void> {
    await this.#changeAll(
      () => this.#l1.clear(),
      (level) => level.clear(),
    );
  }

  async warm(entries: WarmEntries<V>, options?: SetOptions): Promise<number> {
    const { evictions } = this.#l1.stats();
    let hasRoom = true;
    let count = 0;
    for await (const [key, value] of entries) {
      // What came by itself meanwhile is newer.
      if (this.#l1.has(key)) continue;
      const entry = this.#entry(key, value, options);
      this.#lower.keepNear(key, entry);
      if (hasRoom) {
        this.#keepFirst(key, entry);
        hasRoom = this.#l1.size < this.#l1Max && this.#l1.stats().evictions === evictions;
      }
      if (++count % warmChunk === 0) await setImmediate();
    }
    return count;
  }

  async flush(): Promise<void> {
    await this.#turns.idle();
  }

  async close(): Promise<void> {
    await this.flush();
    this.#flights.forgetAll();
    this.#l1.clear();
    await this.#lower.changeAll((level) => level.close());
  }

  stats(): MultiLevelStats {
    const ended = this.#hits + this.#misses;
    return {
      lookups: this.#lookups,
      hits: this.#hits,
      hitRatio: ended === 0 ? 0 : this.#hits / ended,
      misses: this.#misses,
      ...this.#flights.counts,
      prefetches: this.#prefetcher?.started ?? 0,
      prefetchHits: this.#prefetcher?.useful ?? 0,
      levels: [this.#l1Counters, ...this.#lower.counters].map((counters) => counters.stats(this.#lookups)),
    };
  }

  // hot path
  #fromFirst(key: string): V | typeof absent | undefined {
    this.#prefetcher?.onLookup(key);
    const counters = this.#l1Counters;
    this.#lookups++;
    counters.lookups++;
    const isTimed = counters.lookups % timedEvery === 0;
    const startMs = isTimed ? this.#now() : 0;
    const held = this.#l1.get(key);
    if (isTimed) counters.latency.record(this.#now() - startMs);
    if (held === undefined) return undefined;
    counters.hits++;
    this.#hits++;
    return held;
  }

  #fromNear(key: string): LevelEntry<V> | undefined {
    const entry = this.#lower.findNear(key);
    if (entry === undefined) return undefined;
    this.#hits++;
    this.#keepFirst(key, entry);
    return entry;
  }

  async #getFar(key: string, signal: AbortSignal | undefined): Promise<V | undefined> {
    const entry = await this.#flights.find(key, signal);
    if (entry === undefined) this.#misses++;
    else this.#hits++;
    return entry?.value;
  }

  /** At once when there is no far level and the loader answers so. */
  #getFarOrLoad(
    key: string,
    loader: LevelLoader<V> | undefined,
    signal: AbortSignal | undefined,
  ): MaybePromise<V | undefined> {
    const load = loader ?? this.#loader;
    if (load === null)
      throw new TypeError('Expected a `loader`, here or in the options of the cache, got none.');
    const result = this.#flights.findOrLoad(key, load, signal);
    if (result instanceof Promise) return this.#untilLoaded(result);
    this.#misses++;
    return result.value;
  }

  async #untilLoaded(result: Promise<Loaded<V>>): Promise<V | undefined> {
    try {
      const { value, isNew } = await result;
      if (isNew) this.#misses++;
      else this.#hits++;
      return value;
    } catch (error) {
      this.#misses++;
      throw error;
    }
  }

  #keepLoaded(key: string, value: V | undefined): void {
    if (value === undefined && this.#negativeTtlMs === 0) return;
    const ttl = value === undefined ? (this.#negativeTtlMs ?? this.#ttlMs) : this.#ttlMs;
    const entry = this.#entry(key, value, { ttl });
    this.#keepFirst(key, entry);
    this.#lower.keepNear(key, entry);
    // In the background: the caller has its value, and a level that fails is reported there.
    if (this.#lower.hasFar) void this.#turns.run(key, () => this.#lower.fillFar(key, entry));
  }

  #entry(key: string, value: V | undefined, options: SetOptions | undefined): LevelEntry<V> {
    const ttlMs = options?.ttl === undefined ? this.#ttlMs : ttlOption(options.ttl);
    const tags = tagsOption(options?.tags ?? this.#tagsOf?.(value, key));
    return tags.length === 0 ? { value, ttlMs } : { value, ttlMs, tags };
  }

  #keepFirst(key: string, { value, ttlMs, tags }: LevelEntry<V>): void {
    const ttl = shorterTtl(ttlMs, this.#l1TtlMs);
    this.#l1.set(key, value === undefined ? absent : value, tags === undefined ? { ttl } : { ttl, tags });
  }

  async #changeFar(key: string, change: (level: Level<V>) => MaybePromise<void>): Promise<void> {
    if (!this.#lower.hasFar) return;
    try {
      await this.#turns.run(key, () => this.#lower.changeFar(change));
    } finally {
      // A look-up that began before the last level was changed may have read what was there before.
      this.#flights.forget(key);
    }
  }

  async #changeAll(eraseFirst: () => void, change: (level: Level<V>) => MaybePromise<void>): Promise<void> {
    this.#flights.forgetAll();
    eraseFirst();
    try {
      await this.#turns.whole(() => this.#lower.changeAll(change));
    } finally {
      this.#flights.forgetAll();
      eraseFirst();
    }
  }

  /** For the prefetcher. */
  #bring(key: string): Promise<unknown> | undefined {
    if (this.#l1.has(key) || this.#flights.isUnderWay(key)) return undefined;
    const near = this.#lower.findNear(key);
    if (near !== undefined) {
      this.#keepFirst(key, near);
      return Promise.resolve();
    }
    const load = this.#loader;
    if (load === null && !this.#lower.hasFar) return undefined;
    return Promise.resolve(load === null ? this.#flights.find(key) : this.#flights.loadAhead(key, load));
  }
}

function throwFailures(results: readonly PromiseSettledResult<unknown>[]): void {
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }): unknown => reason);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, `${failures.length} keys were not deleted everywhere`);
}
