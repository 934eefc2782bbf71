import { callable, delayMs, expected, positiveInteger } from '../internal/option-checks.ts';
import { monotonicMs, systemTimers } from '../internal/timers.ts';
import type { Timers } from '../internal/timers.ts';
import type { CacheBounds, CacheOptions, EvictReason } from './cache.ts';

/**
 * The most entries that can come and go in one Map: V8 doubles its table at 2^24 slots, deleted ones included, and
 * then throws "Map maximum size exceeded". Up to half of that it cleans up in place instead.
 */
const mostEntries = 8_388_608;

/** Cache options with every default filled in and every value checked. */
export interface CacheSettings<K, V> {
  readonly max: number;
  readonly maxSize: number;
  readonly maxEntrySize: number;
  readonly sizeCalculation: ((value: V, key: K) => number) | null;
  readonly ttlMs: number;
  readonly ttlAutopurge: boolean;
  readonly now: () => number;
  readonly timers: Timers;
  readonly onEvict: ((value: V, key: K, reason: EvictReason) => void) | null;
}

/** Throws TypeError or RangeError that names the option. */
export function cacheSettings<K, V>(options: CacheOptions<K, V>): CacheSettings<K, V> {
  const { max, maxSize, maxEntrySize, sizeCalculation, ttl = 0, now = monotonicMs, onEvict } = options;
  const ttlMs = ttlOption(ttl);
  if (max === undefined && maxSize === undefined && ttlMs === 0) {
    throw new TypeError(
      'Expected at least one of `max`, `maxSize` and `ttl`, got none: the cache would only grow.',
    );
  }
  if (maxEntrySize !== undefined) needSizes('maxEntrySize', sizeCalculation !== undefined);
  return {
    ...cacheBounds(options, sizeCalculation !== undefined),
    maxEntrySize: positiveInteger('maxEntrySize', maxEntrySize ?? Number.MAX_SAFE_INTEGER),
    sizeCalculation: sizeCalculation === undefined ? null : callable('sizeCalculation', sizeCalculation),
    ttlMs,
    ttlAutopurge: flag('ttlAutopurge', options.ttlAutopurge ?? false),
    now: callable('now', now),
    timers: options.timers ?? systemTimers,
    onEvict: onEvict === undefined ? null : callable('onEvict', onEvict),
  };
}

/** Bounds from `options`, with `current` (or none) where they say nothing. */
export function cacheBounds(
  { max, maxSize }: CacheBounds,
  hasSizes: boolean,
  current: Required<CacheBounds> = { max: mostEntries, maxSize: Number.MAX_SAFE_INTEGER },
): Required<CacheBounds> {
  if (maxSize !== undefined) needSizes('maxSize', hasSizes);
  return {
    max: positiveInteger('max', max ?? current.max, mostEntries),
    maxSize: positiveInteger('maxSize', maxSize ?? current.maxSize),
  };
}

/** A ttl in milliseconds, 0 for none. */
export function ttlOption(value: number): number {
  return delayMs('ttl', value);
}

/** What `sizeCalculation` returned, if it is a size. */
export function entrySize(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  const message = expected('sizeCalculation()', 'a whole number of bytes, at least 0', value);
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}

function flag(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(expected(name, 'true or false', value));
}

function needSizes(option: string, hasSizes: boolean): void {
  if (!hasSizes)
    throw new TypeError(
      `Expected \`sizeCalculation\` with \`${option}\`, got none: it tells the bytes of an entry.`,
    );
}
