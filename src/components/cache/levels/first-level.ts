import { createCache } from '../cache-policies.ts';
import type { Cache } from '../cache.ts';
import type { FirstLevelOptions } from './multi-level-cache.ts';
import { roughBytes } from './rough-bytes.ts';

/** Stands for a value that is known not to exist, in a cache where undefined means "not here". */
export const absent: unique symbol = Symbol('absent');

/** Entries, when nothing else is said. */
export const firstLevelMax = 1_000;

export type FirstLevel<V> = Cache<string, V | typeof absent>;

/** L1: the values themselves, bounded in entries and bytes. */
export function createFirstLevel<V>(
  options: FirstLevelOptions<V>,
  ttlMs: number,
  now: () => number,
): FirstLevel<V> {
  const {
    policy = 'w-tinylfu',
    max = firstLevelMax,
    maxSize = 10_485_760,
    sizeOf = (value: V) => roughBytes(value),
  } = options;
  return createCache<string, V | typeof absent>({
    policy,
    max,
    maxSize,
    ttl: options.ttl ?? ttlMs,
    now,
    sizeCalculation: (value, key) => key.length + (value === absent ? 1 : sizeOf(value, key)),
  });
}
