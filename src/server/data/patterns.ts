import { afterPromiseJobs, createBatcher } from '../../components/batcher/index.ts';
import { createMemoryLevel, createMultiLevelCache } from '../../components/cache/index.ts';
import type { MultiLevelCache, MultiLevelStats } from '../../components/cache/index.ts';
import { createCompressor } from '../../components/compressor/index.ts';
import type { Timers } from '../../components/internal/timers.ts';
import type { Pattern, PatternQuery } from '../../components/store/index.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { PatternStore } from './late-store.ts';
import { patternJson } from './pattern-json.ts';

/** Patterns on disk behind a cascade of caches, as JSON ready to be sent. */
export interface Patterns {
  readonly get: (id: string) => Promise<string | undefined>;
  /** Those that there are, in the order of the ids. */
  readonly getMany: (ids: readonly string[]) => Promise<string[]>;
  readonly query: (query: PatternQuery) => Promise<string[]>;
  /** Resolves when all are committed. */
  readonly put: (patterns: readonly Pattern[]) => Promise<void>;
  /** Another process has changed them. */
  readonly forget: (ids: readonly string[]) => Promise<void>;
  /** null without a cache. */
  readonly stats: () => MultiLevelStats | null;
  readonly close: () => Promise<void>;
}

type PatternConfig = Pick<
  ServerConfig,
  'cache' | 'compression' | 'writeQueue' | 'maxCacheSize' | 'defaultTtlMs'
>;

export function createPatterns(
  store: PatternStore,
  config: PatternConfig,
  { now, timers }: { readonly now: () => number; readonly timers: Timers },
): Patterns {
  const load = async (id: string): Promise<string | undefined> => {
    const pattern = await store.get(id);
    return pattern === undefined ? undefined : patternJson(pattern);
  };
  const cache = config.cache ? createPatternCache(config, now, load) : null;
  const writes = createBatcher<Pattern, void>({
    handler: async (patterns) => {
      await store.putMany(patterns);
      return patterns.map(() => undefined);
    },
    maxBatchSize: config.writeQueue ? 500 : 1,
    schedule: afterPromiseJobs,
    now,
    timers,
  });
  const get = async (id: string): Promise<string | undefined> =>
    cache === null ? load(id) : cache.getOrSet(id);
  return {
    get,
    async getMany(ids) {
      const found = await Promise.all(ids.map(get));
      return found.filter((json) => json !== undefined);
    },
    query: async (query) => (await store.query(query)).map(patternJson),
    async put(patterns) {
      const results = await writes.addMany(patterns);
      // Forgotten, not set: were two writes to overtake each other here, the cache would keep the older one.
      await cache?.deleteMany(patterns.map(({ id }) => id));
      const failure = results.find((result) => result instanceof Error);
      if (failure !== undefined) throw failure;
    },
    forget: async (ids) => cache?.deleteMany(ids),
    stats: () => cache?.stats() ?? null,
    async close() {
      await writes.close();
      await cache?.close();
      await store.close();
    },
  };
}

function createPatternCache(
  { compression, maxCacheSize, defaultTtlMs }: PatternConfig,
  now: () => number,
  loader: (id: string) => Promise<string | undefined>,
): MultiLevelCache<string> {
  const codec = compression ? createCompressor({ codec: 'deflate', level: 1 }) : null;
  return createMultiLevelCache<string>({
    l1: { max: maxCacheSize, sizeOf: (json) => 2 * json.length },
    levels: [createMemoryLevel<string>({ name: 'l2', max: 10 * maxCacheSize, codec, now })],
    loader,
    ttl: defaultTtlMs,
    now,
  });
}
