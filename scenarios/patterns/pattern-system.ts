import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { BatcherStats } from 'perfkit/batcher';
import { updateConfidence } from 'perfkit/batcher';
import { checkPattern } from 'perfkit/store';
import type { Pattern } from 'perfkit/store';
import { lockFolder } from './folder-lock.ts';
import { PatternLevels } from './pattern-levels.ts';
import type { LevelsStats } from './pattern-levels.ts';
import { PatternReader } from './pattern-reader.ts';
import type { ReaderStats } from './pattern-reader.ts';
import { systemSettings } from './system-settings.ts';
import type { SystemOptions, SystemSettings } from './system-settings.ts';
import { withConfidence } from './with-confidence.ts';
import { WriteBehind } from './write-behind.ts';

export interface SystemMetrics {
  readonly cache: LevelsStats;
  readonly store: ReaderStats;
  readonly writes: { readonly records: number; readonly rows: number; readonly pending: number };
  readonly batcher: BatcherStats;
  /** Records of the journal of a process that died. */
  readonly recovered: number;
}

/**
 * Learned patterns in SQLite behind three levels of cache: values (L1), longer ones compressed (L2), what was read
 * from the database in a file (L3).
 *
 *     getPattern ──> L1 ──> L2 ──> L3 ──> not yet written ──> patterns.db
 *     storePattern, updateConfidence ──> journal, L1 ──(batches, writer thread)──> patterns.db
 *
 * A write is acknowledged when the journal has it: it outlives the process being killed at any moment, and is seen by
 * every read from then on. One system a folder.
 */
export interface PatternSystem {
  /**
   * At once, without a promise: every level and the database answer on this thread. The object is the one that a level
   * holds: its confidence may follow later outcomes. Who needs a state to stay as it is copies it.
   */
  getPattern(id: string): Pattern | undefined;
  /** In the order of the ids. */
  getPatterns(ids: readonly string[]): (Pattern | undefined)[];
  /** Insert, or replace the one with that id. Rejects with TypeError or RangeError on what is no pattern. */
  storePattern(pattern: Pattern): Promise<void>;
  /** Learn from an outcome (true, false or a degree from 0 to 1). False: no such pattern, or learning is off. */
  updateConfidence(id: string, outcome: boolean | number): Promise<boolean>;
  /** Fill the levels with so many of the patterns used most, the fastest first. Resolves to their number. @default all */
  warm(patterns?: number): Promise<number>;
  /** Until the database has everything that was acknowledged. Rejects with why it could not. */
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
  const lock = lockFolder(settings.folder);
  const opened: (() => void | Promise<void>)[] = [lock.release];
  try {
    const writes = new WriteBehind({ ...settings, path });
    opened.push(() => writes.close());
    const recovered = await writes.recover();
    const reader = new PatternReader(path, settings.readerCacheBytes);
    opened.push(() => reader.close());
    const levels = new PatternLevels(settings);
    opened.push(() => levels.close());
    return new CachedPatterns({ settings, levels, reader, writes, recovered, close: () => closeAll(opened) });
  } catch (error) {
    await closeAll(opened).catch(() => undefined);
    throw error;
  }
}

/** The last first, all of them whatever happens. Throws what the first of them threw that did. */
async function closeAll(opened: readonly (() => void | Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of opened.toReversed()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

interface Parts {
  readonly settings: SystemSettings;
  readonly levels: PatternLevels;
  readonly reader: PatternReader;
  readonly writes: WriteBehind;
  readonly recovered: number;
  readonly close: () => Promise<void>;
}

/** Patterns read at once while the levels are filled: each is some 1.3 KB until it is in its level. */
const warmChunk = 100;
/** What most writes return: no promise is made for them. */
const acknowledged = Promise.resolve();
const learned = Promise.resolve(true);
const notLearned = Promise.resolve(false);

class CachedPatterns implements PatternSystem {
  readonly #parts: Parts;
  readonly #levels: PatternLevels;
  readonly #writes: WriteBehind;
  readonly #learning: boolean;
  readonly #read: (id: string) => Pattern | undefined;
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#levels = parts.levels;
    this.#writes = parts.writes;
    this.#learning = parts.settings.learning;
    this.#read = (id) => parts.reader.get(id);
  }

  // hot path: nothing is allocated for a hit of L1
  getPattern(id: string): Pattern | undefined {
    return this.#levels.get(id) ?? this.#load(id);
  }

  getPatterns(ids: readonly string[]): (Pattern | undefined)[] {
    return ids.map((id) => this.getPattern(id));
  }

  // hot path
  storePattern(pattern: Pattern): Promise<void> {
    try {
      // In the journal it would hold up every batch after it.
      checkPattern(pattern, 'pattern');
      // What is learned of it later is not written into the caller's.
      const own = withConfidence(pattern, pattern.confidence);
      const room = this.#writes.put(own);
      this.#levels.change(own.id, own);
      return room ?? acknowledged;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  // hot path
  updateConfidence(id: string, outcome: boolean | number): Promise<boolean> {
    if (!this.#learning) return notLearned;
    try {
      const found = this.#levels.find(id);
      const before = found.level === 'none' ? this.#confidenceOf(id) : found.confidence;
      if (before === undefined) return notLearned;
      const confidence = updateConfidence(before, outcome);
      const room = this.#writes.confidence(id, confidence, found.pattern);
      // One that no level has is not brought in: an outcome is no sign that it will be asked for.
      this.#levels.learn(id, found, confidence);
      return room === null ? learned : room.then(() => true);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async warm(patterns = Infinity): Promise<number> {
    const { l1Entries, l2Entries, l3Entries } = this.#parts.settings;
    const most = Math.min(patterns, l1Entries + l2Entries + l3Entries);
    let count = 0;
    for await (const pattern of this.#mostUsed(most)) {
      if (!this.#levels.warm(pattern.id, pattern)) break;
      count++;
    }
    return count;
  }

  async flush(): Promise<void> {
    await this.#writes.flush();
  }

  getMetrics(): SystemMetrics {
    const { records, rows, batcher } = this.#writes.stats();
    return {
      cache: this.#levels.stats(),
      store: this.#parts.reader.stats(),
      writes: { records, rows, pending: this.#writes.pending },
      batcher,
      recovered: this.#parts.recovered,
    };
  }

  getReport(): string {
    const { cache, store, writes, batcher } = this.getMetrics();
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    return [
      `cache    ${cache.lookups} look-ups, ${percent(cache.hitRatio)} hits`,
      ...cache.levels.map(
        ({ name, share, entries, p99Ns }) =>
          `  ${name}     ${percent(share)} of look-ups, p99 ${(p99Ns / 1e6).toFixed(4)} ms, ${entries} entries`,
      ),
      `store    ${store.reads} reads, ${store.found} found`,
      `writes   ${writes.records} acknowledged, ${writes.rows} rows written, ${writes.pending} pending`,
      `batches  ${batcher.batches}, of ${(writes.rows / Math.max(1, batcher.batches)).toFixed(1)} rows`,
    ].join('\n');
  }

  shutdown(): Promise<void> {
    this.#closing ??= this.#parts.close();
    return this.#closing;
  }

  async *#mostUsed(count: number): AsyncGenerator<Pattern, void, undefined> {
    for (let offset = 0; offset < count; offset += warmChunk) {
      const used = this.#parts.reader.mostUsed(Math.min(warmChunk, count - offset), offset);
      // What is pending is newer.
      for (const one of used) yield this.#writes.latest(one.id, () => one) ?? one;
      this.#levels.settle();
      if (used.length < warmChunk) return;
      await setImmediate();
    }
  }

  #confidenceOf(id: string): number | undefined {
    return this.#writes.latestConfidence(id) ?? this.#parts.reader.confidence(id);
  }

  #load(id: string): Pattern | undefined {
    const found = this.#writes.latest(id, this.#read);
    if (found !== undefined) this.#levels.load(id, found);
    return found;
  }
}
