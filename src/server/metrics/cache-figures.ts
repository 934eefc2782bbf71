import type { Chat } from '../chat/chat.ts';
import type { Patterns } from '../data/patterns.ts';
import type { SyncService } from '../sync/sync-service.ts';

/** What a cache has done since the start, and the entries it holds now. */
export interface CacheFigures {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
  /** null: not known, as of a cascade of caches. */
  readonly entries: number | null;
}

export interface CachingParts {
  readonly chat: Pick<Chat, 'stats'>;
  readonly patterns: Pick<Patterns, 'stats'>;
  readonly sync: Pick<SyncService, 'cacheStats'>;
}

/** Of every cache that the server has; none when it runs without. */
export function cacheFigures({ chat, patterns, sync }: CachingParts): CacheFigures[] {
  const cascade = patterns.stats();
  const payloads = sync.cacheStats();
  return [
    ...Object.entries(chat.stats()).map(([name, { hits, misses, entries }]) => ({
      name,
      hits,
      misses,
      entries,
    })),
    ...(cascade === null
      ? []
      : [{ name: 'patterns', hits: cascade.hits, misses: cascade.misses, entries: null }]),
    ...(payloads === null
      ? []
      : [{ name: 'payloads', hits: payloads.hits, misses: payloads.misses, entries: payloads.entries }]),
  ];
}

/** Look-ups in all of them together. */
export function lookupsOf(figures: readonly CacheFigures[]): {
  readonly hits: number;
  readonly lookups: number;
} {
  let hits = 0;
  let misses = 0;
  for (const one of figures) {
    hits += one.hits;
    misses += one.misses;
  }
  return { hits, lookups: hits + misses };
}
