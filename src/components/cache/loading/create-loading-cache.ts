import { ttlOption } from '../cache-settings.ts';
import { createCache } from '../cache-policies.ts';
import type { Cache, CacheOptions, SetOptions } from '../cache.ts';
import { tagsOption } from '../tag-index.ts';
import type { FetchOptions, LoadingCache, LoadingStats } from './loading-cache.ts';
import { loadingSettings } from './loading-options.ts';
import type { LoadContext, Loader, LoadingCacheOptions, LoadingSettings } from './loading-options.ts';
import { SingleFlight } from './single-flight.ts';
import type { FlightContext } from './single-flight.ts';

/** A loading cache over any eviction policy. Throws TypeError or RangeError on options it cannot follow. */
export function createLoadingCache<K, V>(options: LoadingCacheOptions<K, V>): LoadingCache<K, V> {
  return new StoreOfRecords(options);
}

/** The most that a cache takes. */
const longestTtlMs = 2_147_483_647;

/** What is held for a key: a value, or the failure that stands in its place. */
type Kept<V> = {
  readonly freshUntilMs: number;
  readonly staleUntilMs: number;
  readonly errorUntilMs: number;
  /** How long the load took, for XFetch; 0 when it was set. */
  readonly loadMs: number;
  /** No further load before that, after one that failed. */
  retryAtMs: number;
} & ({ readonly failed: false; readonly value: V } | { readonly failed: true; readonly error: unknown });

/** How what is set or loaded is kept. */
interface Keeping {
  readonly ttlMs: number;
  readonly tags: readonly string[];
}

class StoreOfRecords<K, V> implements LoadingCache<K, V> {
  readonly #settings: LoadingSettings<K, V>;
  readonly #cache: Cache<K, Kept<V>>;
  readonly #flights = new SingleFlight<K, V>();
  #hits = 0;
  #misses = 0;
  #loads = 0;
  #loadFailures = 0;
  #loadedMs = 0;
  #loaded = 0;
  #sharedLoads = 0;
  #earlyRefreshes = 0;
  #staleHits = 0;
  #staleOnError = 0;

  constructor(options: LoadingCacheOptions<K, V>) {
    this.#settings = loadingSettings(options);
    this.#cache = createCache(innerOptions(options));
  }

  get(key: K): V | undefined {
    const kept = this.#cache.get(key);
    if (kept === undefined || this.#settings.now() >= kept.freshUntilMs) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    return valueOf(kept);
  }

  async fetch(key: K, loader?: Loader<K, V>, options: FetchOptions = {}): Promise<V> {
    options.signal?.throwIfAborted();
    const load = loader ?? this.#settings.loader;
    if (load === null)
      throw new TypeError('Expected a `loader`, here or in the options of the cache, got none.');
    const keeping = this.#keeping(options);
    const kept = options.forceRefresh === true ? undefined : this.#cache.get(key);
    if (kept !== undefined && this.#mayReturn(key, kept)) {
      this.#hits++;
      const due = this.#refreshReason(kept);
      if (due !== null) this.#refresh(key, load, keeping, due);
      return valueOf(kept);
    }
    this.#misses++;
    if (this.#flights.has(key)) this.#sharedLoads++;
    return this.#flights.join(key, (flight) => this.#load(key, load, keeping, flight), options.signal);
  }

  getOrSet(key: K, loader: Loader<K, V>, options?: FetchOptions): Promise<V> {
    return this.fetch(key, loader, options);
  }

  set(key: K, value: V, options: SetOptions = {}): boolean {
    const keeping = this.#keeping(options);
    this.#flights.detach(key);
    return this.#keep(key, value, keeping, 0);
  }

  has(key: K): boolean {
    const kept = this.#cache.peek(key);
    return kept !== undefined && !kept.failed && this.#settings.now() < kept.freshUntilMs;
  }

  delete(key: K): boolean {
    this.#flights.detach(key);
    return this.#cache.delete(key);
  }

  invalidateTag(tag: string): number {
    this.#flights.detachAll();
    return this.#cache.invalidateTag(tag);
  }

  clear(): void {
    this.#flights.detachAll();
    this.#cache.clear();
  }

  stats(): LoadingStats {
    const lookups = this.#hits + this.#misses;
    return {
      ...this.#cache.stats(),
      hits: this.#hits,
      misses: this.#misses,
      hitRatio: lookups === 0 ? 0 : this.#hits / lookups,
      loads: this.#loads,
      loadFailures: this.#loadFailures,
      sharedLoads: this.#sharedLoads,
      earlyRefreshes: this.#earlyRefreshes,
      staleHits: this.#staleHits,
      staleOnError: this.#staleOnError,
      meanLoadMs: this.#loaded === 0 ? 0 : this.#loadedMs / this.#loaded,
      loading: this.#flights.size,
    };
  }

  #keeping({ ttl, tags }: Pick<FetchOptions, 'ttl' | 'tags'>): Keeping {
    return { ttlMs: ttl === undefined ? this.#settings.ttlMs : ttlOption(ttl), tags: tagsOption(tags) };
  }

  /** Fresh, or stale with a load in the background, or stale with a failed load so recent that none is tried. */
  #mayReturn(key: K, kept: Kept<V>): boolean {
    const nowMs = this.#settings.now();
    if (nowMs < kept.freshUntilMs) return true;
    if (kept.failed) return false;
    if (nowMs < kept.staleUntilMs) {
      this.#staleHits++;
      return true;
    }
    if (nowMs >= kept.retryAtMs || nowMs >= kept.errorUntilMs || this.#flights.has(key)) return false;
    this.#staleOnError++;
    return true;
  }

  #refreshReason(kept: Kept<V>): 'early' | 'stale' | null {
    const nowMs = this.#settings.now();
    if (nowMs < kept.retryAtMs) return null;
    if (nowMs >= kept.freshUntilMs) return 'stale';
    const { beta, random } = this.#settings;
    if (beta === 0 || kept.failed || kept.loadMs === 0 || kept.freshUntilMs === Infinity) return null;
    return nowMs - kept.loadMs * beta * Math.log(random()) >= kept.freshUntilMs ? 'early' : null;
  }

  #refresh(key: K, loader: Loader<K, V>, keeping: Keeping, reason: 'early' | 'stale'): void {
    if (this.#flights.has(key)) return;
    if (reason === 'early') this.#earlyRefreshes++;
    void this.#reported(
      key,
      this.#flights.join(key, (flight) => this.#loadOnce(key, loader, keeping, flight)),
    );
  }

  async #reported(key: K, load: V | Promise<V>): Promise<void> {
    try {
      await load;
    } catch (error) {
      this.#settings.onRefreshError?.(error, key);
    }
  }

  /** For callers who wait: a failure is made good with what is still held. */
  async #load(key: K, loader: Loader<K, V>, keeping: Keeping, flight: FlightContext): Promise<V> {
    try {
      return await this.#loadOnce(key, loader, keeping, flight);
    } catch (error) {
      const kept = this.#cache.peek(key);
      if (this.#settings.staleIfErrorMs === 0 || kept === undefined || kept.failed) throw error;
      if (this.#settings.now() >= kept.errorUntilMs) throw error;
      this.#staleOnError++;
      return kept.value;
    }
  }

  async #loadOnce(key: K, loader: Loader<K, V>, keeping: Keeping, flight: FlightContext): Promise<V> {
    const { now } = this.#settings;
    const before = this.#cache.peek(key);
    const startMs = now();
    this.#loads++;
    try {
      const stale = before === undefined || before.failed ? undefined : before.value;
      const value = await loader(key, new Context(flight, stale));
      const loadMs = Math.max(0, now() - startMs);
      this.#loaded++;
      this.#loadedMs += loadMs;
      if (this.#flights.isCurrent(key, flight)) this.#keep(key, value, keeping, loadMs);
      return value;
    } catch (error) {
      this.#loadFailures++;
      if (this.#flights.isCurrent(key, flight)) this.#keepFailure(key, error);
      throw error;
    }
  }

  #keep(key: K, value: V, { ttlMs, tags }: Keeping, loadMs: number): boolean {
    const { negativeTtlMs, staleWhileRevalidateMs, staleIfErrorMs, now } = this.#settings;
    const isMissing = value === undefined;
    const freshMs = isMissing && negativeTtlMs !== null ? negativeTtlMs : ttlMs;
    if (isMissing && negativeTtlMs === 0) {
      this.#cache.delete(key);
      return false;
    }
    const freshUntilMs = freshMs === 0 ? Infinity : now() + freshMs;
    const staleUntilMs = freshUntilMs + staleWhileRevalidateMs;
    const errorUntilMs = freshUntilMs + staleIfErrorMs;
    const heldMs = freshMs === 0 ? 0 : freshMs + Math.max(staleIfErrorMs, staleWhileRevalidateMs);
    const kept: Kept<V> = {
      failed: false,
      value,
      freshUntilMs,
      staleUntilMs,
      errorUntilMs,
      loadMs,
      retryAtMs: 0,
    };
    return this.#cache.set(key, kept, { ttl: Math.min(longestTtlMs, heldMs), tags });
  }

  #keepFailure(key: K, error: unknown): void {
    const { failureTtlMs, now } = this.#settings;
    if (failureTtlMs === 0) return;
    const untilMs = now() + failureTtlMs;
    const held = this.#cache.peek(key);
    // A value that may still be returned is worth more than the failure; only the next load waits.
    if (held !== undefined && !held.failed && now() < Math.max(held.errorUntilMs, held.staleUntilMs)) {
      held.retryAtMs = untilMs;
      return;
    }
    const end = { freshUntilMs: untilMs, staleUntilMs: untilMs, errorUntilMs: untilMs };
    this.#cache.set(key, { failed: true, error, ...end, loadMs: 0, retryAtMs: 0 }, { ttl: failureTtlMs });
  }
}

/** The signal is made when it is asked for. */
class Context<V> implements LoadContext<V> {
  readonly stale: V | undefined;
  readonly #flight: FlightContext;

  constructor(flight: FlightContext, stale: V | undefined) {
    this.#flight = flight;
    this.stale = stale;
  }

  get signal(): AbortSignal {
    return this.#flight.signal;
  }
}

function valueOf<V>(kept: Kept<V>): V {
  if (kept.failed) throw kept.error;
  return kept.value;
}

/** The user's functions see values, not the records they are kept in; a failure or an absence weighs a byte. */
function innerOptions<K, V>(options: LoadingCacheOptions<K, V>): CacheOptions<K, Kept<V>> {
  const { sizeCalculation, onEvict, loader: _, ...rest } = options;
  return {
    ...rest,
    ...(sizeCalculation === undefined
      ? {}
      : {
          sizeCalculation: (kept: Kept<V>, key: K) =>
            kept.failed || kept.value === undefined ? 1 : sizeCalculation(kept.value, key),
        }),
    ...(onEvict === undefined
      ? {}
      : {
          onEvict: (kept: Kept<V>, key: K, reason) => {
            if (!kept.failed) onEvict(kept.value, key, reason);
          },
        }),
  };
}
