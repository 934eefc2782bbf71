import { createCompressor } from 'perfkit/compressor';
import { createMemoryLevel, createMultiLevelCache, createSqliteLevel } from 'perfkit/cache';
import type { Level, MaybePromise, MemoryLevel, MultiLevelCache, MultiLevelStats } from 'perfkit/cache';
import type { BatcherStats } from 'perfkit/batcher';
import { updateConfidence } from 'perfkit/batcher';
import { openSqliteStore } from 'perfkit/store';
import type { Pattern, SqliteStore, SqliteStoreStats } from 'perfkit/store';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createQueryCacheLevel } from './query-cache-level.ts';
import { patternSerializer } from './pattern-codec.ts';
import { systemSettings } from './system-settings.ts';
import type { SystemOptions, SystemSettings } from './system-settings.ts';
import { WriteBehind } from './write-behind.ts';

export interface SystemMetrics {
  readonly cache: MultiLevelStats;
  readonly l2: { readonly compressed: number; readonly entries: number; readonly bytes: number };
  readonly store: SqliteStoreStats;
  readonly writes: { readonly records: number; readonly rows: number; readonly pending: number };
  readonly batcher: BatcherStats;
  readonly recovered: number;
}

/**
 * Learned patterns in SQLite behind three levels of cache: values (L1), packed values (L2), a query cache in SQLite (L3).
 *
 *     getPattern ──> L1 ──> L2 ──> L3 ──> not yet written ──> patterns.db
 *     storePattern, updateConfidence ──> journal, levels ──(batches, writer thread)──> patterns.db
 *
 * A write is acknowledged when the journal has it: it outlives the process being killed at any moment, and is seen by
 * every read from then on. One process at a time.
 */
export interface PatternSystem {
  /** At once, without a promise: every level and the database answer on this thread. */
  getPattern(id: string): Pattern | undefined;
  /** In the order of the ids. */
  getPatterns(ids: readonly string[]): (Pattern | undefined)[];
  /** Insert, or replace the one with that id. Throws TypeError or RangeError on what is no pattern. */
  storePattern(pattern: Pattern): Promise<void>;
  /** Learn from an outcome (true, false or a degree from 0 to 1). False: no such pattern, or learning is off. */
  updateConfidence(id: string, outcome: boolean | number): Promise<boolean>;
  /** Fill the levels with the patterns used most. Resolves to their number. */
  warm(patterns?: number): Promise<number>;
  /** Until the database has everything that was acknowledged. */
  flush(): Promise<void>;
  getMetrics(): SystemMetrics;
  /** The metrics for people. */
  getReport(): string;
  /** Flush and let go of everything. A second call waits for the first. */
  shutdown(): Promise<void>;
}

/** Opens, or makes, the system in a folder, and brings in what a process that died there had acknowledged. */
export async function openPatternSystem(options: SystemOptions): Promise<PatternSystem> {
  const settings = systemSettings(options);
  mkdirSync(settings.folder, { recursive: true });
  const path = join(settings.folder, 'patterns.db');
  const store = await openSqliteStore({ path });
  const writes = new WriteBehind({ ...settings, path });
  try {
    return new CachedPatterns(settings, store, writes, await writes.recover());
  } catch (error) {
    await writes.close();
    await store.close();
    throw error;
  }
}

/** Of a query. */
const mostRows = 10_000;

class CachedPatterns implements PatternSystem {
  readonly #settings: SystemSettings;
  readonly #store: SqliteStore;
  readonly #writes: WriteBehind;
  readonly #recovered: number;
  readonly #l2: MemoryLevel<Pattern>;
  readonly #l3: Level<Pattern>;
  readonly #cache: MultiLevelCache<Pattern>;
  #closing: Promise<void> | null = null;

  constructor(settings: SystemSettings, store: SqliteStore, writes: WriteBehind, recovered: number) {
    this.#settings = settings;
    this.#store = store;
    this.#writes = writes;
    this.#recovered = recovered;
    this.#l2 = createMemoryLevel<Pattern>({
      name: 'l2',
      max: settings.l2Entries,
      maxSize: settings.l2Bytes,
      ttl: settings.l2TtlMs,
      codec: createCompressor({ codec: 'deflate-raw', level: 1 }),
      threshold: settings.compressFromBytes,
      serializer: patternSerializer,
    });
    const l3 = createSqliteLevel<Pattern>({
      name: 'l3',
      max: settings.l3Entries,
      serializer: patternSerializer,
    });
    this.#l3 = createQueryCacheLevel(l3, settings.l3Entries);
    this.#cache = createMultiLevelCache<Pattern>({
      l1: {
        max: settings.l1Entries,
        maxSize: settings.l1Bytes,
        // Five numbers and four headers beside the texts.
        sizeOf: ({ id, type, domain, body }) => 200 + id.length + type.length + domain.length + body.length,
      },
      levels: [this.#l2, this.#l3],
    });
  }

  // hot path: nothing is allocated for a hit of L1
  getPattern(id: string): Pattern | undefined {
    const held = atOnce(this.#cache.get(id));
    return held ?? this.#load(id);
  }

  getPatterns(ids: readonly string[]): (Pattern | undefined)[] {
    return ids.map((id) => this.getPattern(id));
  }

  async storePattern(pattern: Pattern): Promise<void> {
    checkPattern(pattern);
    const room = this.#writes.record({ kind: 'put', pattern }, pattern);
    await this.#cache.set(pattern.id, pattern);
    await room;
  }

  async updateConfidence(id: string, outcome: boolean | number): Promise<boolean> {
    if (!this.#settings.learning) return false;
    const known = this.getPattern(id);
    if (known === undefined) return false;
    const pattern = { ...known, confidence: updateConfidence(known.confidence, outcome) };
    const room = this.#writes.record({ kind: 'confidence', id, confidence: pattern.confidence }, pattern);
    await this.#cache.set(id, pattern);
    await room;
    return true;
  }

  async warm(patterns = this.#settings.l2Entries): Promise<number> {
    const { l3Entries } = this.#settings;
    const first = await this.#mostUsed(Math.min(patterns, mostRows), 0);
    const count = await this.#cache.warm(first);
    // And as many again for the level below, which takes more.
    const next = await this.#mostUsed(
      Math.min(Math.max(l3Entries - first.length, 0), mostRows),
      first.length,
    );
    const entries = [...first, ...next].slice(0, l3Entries);
    await this.#l3.setMany(new Map(entries.map(([id, value]) => [id, { value, ttlMs: 0 }])));
    return count;
  }

  async flush(): Promise<void> {
    await this.#writes.flush();
    await this.#cache.flush();
  }

  getMetrics(): SystemMetrics {
    const { records, rows, batcher } = this.#writes.stats();
    const { compressed, entries, bytes } = this.#l2.stats();
    return {
      cache: this.#cache.stats(),
      l2: { compressed, entries, bytes },
      store: this.#store.stats(),
      writes: { records, rows, pending: this.#writes.pending },
      batcher,
      recovered: this.#recovered,
    };
  }

  getReport(): string {
    const { cache, l2, store, writes, batcher } = this.getMetrics();
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    return [
      `cache    ${cache.lookups} look-ups, ${percent(cache.hitRatio)} hits`,
      ...cache.levels.map(
        ({ name, share, latency }) =>
          `  ${name}     ${percent(share)} of look-ups, p99 ${latency.p99Ms.toFixed(4)} ms`,
      ),
      `  l2     ${l2.entries} entries, ${l2.bytes} bytes, ${l2.compressed} compressed`,
      `store    ${store.reads} reads, ${store.queries} queries`,
      `writes   ${writes.records} acknowledged, ${writes.rows} rows written, ${writes.pending} pending`,
      `batches  ${batcher.batches}, mean ${batcher.meanBatchSize.toFixed(1)}`,
    ].join('\n');
  }

  shutdown(): Promise<void> {
    this.#closing ??= this.#shutdown();
    return this.#closing;
  }

  async #shutdown(): Promise<void> {
    try {
      await this.#writes.close();
    } finally {
      await this.#cache.close();
      await this.#store.close();
    }
  }

  async #mostUsed(limit: number, offset: number): Promise<(readonly [string, Pattern])[]> {
    if (limit === 0) return [];
    const used = await this.#store.query({ orderBy: 'usage', limit, offset });
    // What is pending is newer.
    return used.map((one) => [one.id, this.#writes.get(one.id) ?? one] as const);
  }

  #load(id: string): Pattern | undefined {
    const found = this.#writes.get(id) ?? this.#store.getSync(id);
    // All levels are in this process: it is done when `set` returns, and nobody can have asked in between.
    if (found !== undefined) void this.#cache.set(id, found);
    return found;
  }
}

/** The levels of this system answer at once. */
function atOnce<T>(value: MaybePromise<T>): T {
  if (value instanceof Promise) throw new TypeError('Expected levels that answer at once, got a promise');
  return value;
}

/** Before it is acknowledged: the writer could only say later that it is none. */
function checkPattern({ id, type, domain, confidence, usageCount, body }: Pattern): void {
  for (const [name, value] of Object.entries({ id, type, domain })) {
    if (typeof value === 'string' && value.length > 0 && value.length <= 512 && !value.includes('\0'))
      continue;
    throw new TypeError(
      `Expected \`pattern.${name}\` to be 1 to 512 characters without NUL, got \`${value}\``,
    );
  }
  if (!(confidence >= 0 && confidence <= 1)) {
    throw new RangeError(`Expected \`pattern.confidence\` to be between 0 and 1, got \`${confidence}\``);
  }
  if (!Number.isSafeInteger(usageCount) || usageCount < 0) {
    throw new RangeError(
      `Expected \`pattern.usageCount\` to be a whole number from 0, got \`${usageCount}\``,
    );
  }
  if (!(body instanceof Uint8Array)) throw new TypeError('Expected `pattern.body` to be a Uint8Array');
}
