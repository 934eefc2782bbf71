import { callable, delayMs, expected } from '../../internal/option-checks.ts';
import { systemRandom } from '../../internal/system-random.ts';
import { monotonicMs } from '../../internal/timers.ts';
import type { CachePolicy } from '../cache-policies.ts';
import type { CacheOptions } from '../cache.ts';

/** Options of a cache that loads what it does not have. Times are milliseconds. */
export interface LoadingCacheOptions<K, V> extends CacheOptions<K, V> {
  /** @default 'lru' */
  readonly policy?: CachePolicy;
  /** What `fetch` calls when it is given no loader of its own. */
  readonly loader?: Loader<K, V>;
  /** After its ttl a value is still returned for so long, while it is loaded anew in the background. @default 0 */
  readonly staleWhileRevalidate?: number;
  /** After its ttl a value is returned for so long in place of a load that failed. @default 0 */
  readonly staleIfError?: number;
  /** How long it is remembered that there is no such value (the loader returned undefined); 0: not. @default ttl */
  readonly negativeTtl?: number;
  /** How long a failure is remembered, so that a broken source is not asked at every look-up; 0: not. @default 0 */
  readonly failureTtl?: number;
  /**
   * Early refresh by chance, the likelier the nearer the end and the longer the last load took (XFetch: Vattani,
   * Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015). 1 is the optimum for
   * loads of exponentially distributed length, more is earlier, 0 is off. @default 0
   */
  readonly beta?: number;
  /** Uniform in [0, 1). @default a generator of the operating system's randomness */
  readonly random?: () => number;
  /** Told of loads in the background that failed; nobody else is. It must not throw. */
  readonly onRefreshError?: (error: unknown, key: K) => void;
}

/** May return undefined for "there is none", and fail in any way; `stale` is the expired value, if one is still held. */
export type Loader<K, V> = (key: K, context: LoadContext<V>) => V | PromiseLike<V>;

export interface LoadContext<V> {
  /** Aborted when nobody waits for the load any more. */
  readonly signal: AbortSignal;
  readonly stale: V | undefined;
}

/** The same with every default filled in and every value checked. */
export interface LoadingSettings<K, V> {
  readonly loader: Loader<K, V> | null;
  readonly ttlMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly negativeTtlMs: number | null;
  readonly failureTtlMs: number;
  readonly beta: number;
  readonly random: () => number;
  readonly now: () => number;
  readonly onRefreshError: ((error: unknown, key: K) => void) | null;
}

/** Throws TypeError or RangeError that names the option. */
export function loadingSettings<K, V>(options: LoadingCacheOptions<K, V>): LoadingSettings<K, V> {
  const { loader, negativeTtl, onRefreshError, beta = 0 } = options;
  if (typeof beta !== 'number') throw new TypeError(expected('beta', 'a number of at least 0', beta));
  if (!(beta >= 0 && beta < Infinity)) throw new RangeError(expected('beta', 'a number of at least 0', beta));
  return {
    loader: loader === undefined ? null : callable('loader', loader),
    ttlMs: delayMs('ttl', options.ttl ?? 0),
    staleWhileRevalidateMs: delayMs('staleWhileRevalidate', options.staleWhileRevalidate ?? 0),
    staleIfErrorMs: delayMs('staleIfError', options.staleIfError ?? 0),
    negativeTtlMs: negativeTtl === undefined ? null : delayMs('negativeTtl', negativeTtl),
    failureTtlMs: delayMs('failureTtl', options.failureTtl ?? 0),
    beta,
    random: callable('random', options.random ?? systemRandom),
    now: callable('now', options.now ?? monotonicMs),
    onRefreshError: onRefreshError === undefined ? null : callable('onRefreshError', onRefreshError),
  };
}
