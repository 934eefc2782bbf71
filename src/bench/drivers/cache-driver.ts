import { cachePolicies, createCache } from '../../components/cache/index.ts';
import type { CacheStats } from '../../components/cache/index.ts';
import type { Driver } from '../subjects/driver.ts';
import { OptionReader } from './read-options.ts';

/** Distinct values: enough that they do not all sit in the processor's first cache, few enough to cost no memory. */
const distinctValues = 1_024;

/**
 * The toolkit's cache under string keys. Options: policy, max (entries, default 10,000), maxSize (bytes), ttl.
 * Operations: get, set, getOrSet (a look-up that stores on a miss; the default). The cache starts filled, the most
 * popular keys last, and the ratio counts from the end of the warm-up.
 */
export const cacheDriver: Driver = {
  create({ options, workload, keySequence }) {
    const reader = new OptionReader('cache', options);
    const policy = reader.oneOf('policy', cachePolicies, 'lru');
    const maxSize = reader.bytes('maxSize', null);
    const max = reader.integer('max', { min: 1, max: 8_388_608, default: maxSize === null ? 10_000 : null });
    const ttlNs = reader.durationNs('ttl', null);
    reader.end();
    const cache = createCache<string, Uint8Array>({
      policy,
      ...(max === null ? {} : { max }),
      ...(maxSize === null ? {} : { maxSize, sizeCalculation: (value, key) => value.length + key.length }),
      ...(ttlNs === null ? {} : { ttl: ttlNs / 1e6 }),
    });
    const keys = Array.from({ length: workload.keys }, (_, index) => `key:${index}`);
    const values = Array.from({ length: distinctValues }, (_, index) =>
      new Uint8Array(workload.valueBytes).fill(index),
    );
    for (let index = workload.keys - 1; index >= 0; index--)
      cache.set(keys[index]!, values[index % distinctValues]!);
    const sequence = keySequence();
    const mask = sequence.length - 1;
    let start = cache.stats();
    return {
      // hot path: no allocation; keys and values are made before
      operations: {
        get: (index) => cache.get(keys[sequence[index & mask]!]!),
        set: (index) => cache.set(keys[sequence[index & mask]!]!, values[index & (distinctValues - 1)]!),
        getOrSet: (index) => {
          const key = keys[sequence[index & mask]!]!;
          const found = cache.get(key);
          if (found !== undefined) return found;
          const made = values[index & (distinctValues - 1)]!;
          cache.set(key, made);
          return made;
        },
      },
      mix: { getOrSet: 1 },
      measuring: () => {
        start = cache.stats();
      },
      metrics: () => cacheMetrics(start, cache.stats()),
    };
  },
};

function cacheMetrics(start: CacheStats, end: CacheStats): Record<string, number> {
  const hits = end.hits - start.hits;
  const lookups = hits + end.misses - start.misses;
  return {
    // Without look-ups there is no ratio, and a target on it has no data.
    ...(lookups > 0 ? { hit_ratio: hits / lookups } : {}),
    evictions: end.evictions - start.evictions,
    cache_entries: end.entries,
    cache_bytes: end.bytes,
  };
}
