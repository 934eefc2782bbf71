import type { CachingParts, CacheFigures } from './cache-figures.ts';
import { cacheFigures, lookupsOf } from './cache-figures.ts';
import type { PullMetric, Reading } from './pull-metric.ts';

/** Hits, misses and entries of every cache, and the hit ratio of all. */
export function cacheMetrics(parts: CachingParts): readonly PullMetric[] {
  const each = (value: (figures: CacheFigures) => number) => (): Reading[] =>
    cacheFigures(parts).map((figures) => ({ labels: { cache: figures.name }, value: value(figures) }));
  return [
    {
      name: 'cache_hits_total',
      help: 'look-ups that found a value',
      kind: 'counter',
      labels: ['cache'],
      read: each(({ hits }) => hits),
    },
    {
      name: 'cache_misses_total',
      help: 'look-ups that did not',
      kind: 'counter',
      labels: ['cache'],
      read: each(({ misses }) => misses),
    },
    {
      name: 'cache_entries',
      help: 'entries held',
      kind: 'gauge',
      labels: ['cache'],
      read: () =>
        cacheFigures(parts).flatMap(({ name, entries }) =>
          entries === null ? [] : [{ labels: { cache: name }, value: entries }],
        ),
    },
    {
      name: 'cache_hit_ratio',
      help: 'look-ups that found a value, of all since the start, in all caches',
      kind: 'gauge',
      read() {
        const { hits, lookups } = lookupsOf(cacheFigures(parts));
        return lookups === 0 ? 0 : hits / lookups;
      },
    },
  ];
}
