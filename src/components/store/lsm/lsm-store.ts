import { setImmediate } from 'node:timers/promises';
import {
  checkChanges,
  checkedQuery,
  checkName,
  checkPattern,
  checkPatterns,
  checkUpdates,
} from '../check-pattern.ts';
import type { CheckedQuery } from '../check-pattern.ts';
import type { Pattern, PatternChanges, PatternQuery, PatternUpdate } from '../pattern.ts';
import { StoreCounts } from '../store-counts.ts';
import { PartialWriteError, StoreClosedError } from '../store-errors.ts';
import { storeSettings } from '../store-settings.ts';
import type { StoreSettings } from '../store-settings.ts';
import type { Store, StoreStats } from '../store.ts';
import { WriteQueue } from '../write-queue.ts';
import { openLevel } from './level-driver.ts';
import type { Level } from './level-driver.ts';
import { idOfUsageKey, recordKey, recordRange, usageKey, usageRange } from './lsm-keys.ts';
import type { LsmStoreOptions } from './lsm-options.ts';
import { readRecord, writeRecord } from './pattern-record.ts';
import { compareBy, matches } from './query-matches.ts';

const empty = new Uint8Array(0);
/** Records read at once. */
const chunk = 256;

/**
 * Patterns in a log-structured merge tree (LevelDB): writes go to a log and to memory and are sorted into files later.
 * Good where writes outnumber reads. The most used of a type are found by an index; every other query reads all
 * records, O(patterns), off the thread. One process at a time. Throws MissingDriverError without classic-level.
 */
export async function openLsmStore(options: LsmStoreOptions): Promise<Store> {
  const settings = storeSettings(options);
  return new LevelStore(settings, await openLevel(options));
}

class LevelStore implements Store {
  readonly #settings: StoreSettings;
  readonly #level: Level;
  readonly #counts = new StoreCounts();
  readonly #writes = new WriteQueue();
  #closing: Promise<void> | null = null;

  constructor(settings: StoreSettings, level: Level) {
    this.#settings = settings;
    this.#level = level;
  }

  async get(id: string): Promise<Pattern | undefined> {
    this.#open();
    const record = await this.#level.get(recordKey(id));
    return this.#counts.read(record === undefined ? undefined : readRecord(id, record));
  }

  getSync(id: string): Pattern | undefined {
    this.#open();
    const record = this.#level.getSync(recordKey(id));
    return this.#counts.read(record === undefined ? undefined : readRecord(id, record));
  }

  async getMany(ids: readonly string[]): Promise<(Pattern | undefined)[]> {
    this.#open();
    const found = await this.#records(ids);
    for (const pattern of found) this.#counts.read(pattern);
    return found;
  }

  async put(pattern: Pattern): Promise<void> {
    this.#open();
    checkPattern(pattern, 'pattern');
    await this.#writes.run(() => this.#write([pattern.id], () => [pattern]));
  }

  async putMany(patterns: readonly Pattern[]): Promise<void> {
    this.#open();
    checkPatterns(patterns);
    await this.#writeAll(patterns, (pattern) => pattern);
  }

  async update(id: string, changes: PatternChanges): Promise<boolean> {
    this.#open();
    checkName('id', id);
    checkChanges(changes, 'changes');
    return (await this.#updateAll([{ id, changes }])) > 0;
  }

  async updateMany(updates: readonly PatternUpdate[]): Promise<number> {
    this.#open();
    checkUpdates(updates);
    return this.#updateAll(updates);
  }

  async delete(id: string): Promise<boolean> {
    this.#open();
    return this.#writes.run(async () => {
      const [before] = await this.#records([id]);
      if (before === undefined) return false;
      const keys = [recordKey(id), usageKey(before)];
      await this.#level.batch(
        keys.map((key) => ({ type: 'del' as const, key })),
        this.#sync(),
      );
      this.#count(1);
      return true;
    });
  }

  async query(query: PatternQuery): Promise<Pattern[]> {
    this.#open();
    const checked = checkedQuery(query);
    this.#counts.queries++;
    const { type, orderBy, direction, limit, offset } = checked;
    if (type !== undefined && orderBy === 'usage' && direction === 'descending') {
      return this.#queryByUsage(checked, type);
    }
    const compare = compareBy(checked);
    let best: Pattern[] = [];
    const iterator = this.#level.iterator(recordRange);
    try {
      for (let some = await iterator.nextv(chunk); some.length > 0; some = await iterator.nextv(chunk)) {
        for (const [key, record] of some) {
          const pattern = readRecord(key.slice(1), record);
          if (matches(pattern, checked)) best.push(pattern);
        }
        // What cannot be in the answer any more is dropped now and then, so memory is bounded by the limit.
        if (best.length > 2 * (offset + limit) + chunk)
          best = best.toSorted(compare).slice(0, offset + limit);
      }
    } finally {
      await iterator.close();
    }
    return best.toSorted(compare).slice(offset, offset + limit);
  }

  async count(): Promise<number> {
    this.#open();
    let count = 0;
    const keys = this.#level.keys(recordRange);
    try {
      for (let some = await keys.nextv(1_000); some.length > 0; some = await keys.nextv(1_000))
        count += some.length;
    } finally {
      await keys.close();
    }
    return count;
  }

  stats(): StoreStats {
    return this.#counts.snapshot();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writes.idle();
    await this.#level.close();
  }

  #open(): void {
    if (this.#closing !== null) throw new StoreClosedError();
  }

  async #queryByUsage(query: CheckedQuery, type: string): Promise<Pattern[]> {
    const { limit, offset } = query;
    const found: Pattern[] = [];
    const keys = this.#level.keys(usageRange(type));
    try {
      while (found.length < offset + limit) {
        const some = await keys.nextv(Math.min(chunk, Math.max(16, offset + limit)));
        if (some.length === 0) break;
        const patterns = await this.#records(some.map((key) => idOfUsageKey(key, type)));
        for (const pattern of patterns)
          if (pattern !== undefined && matches(pattern, query)) found.push(pattern);
      }
    } finally {
      await keys.close();
    }
    // A write between reading keys and records can have moved one.
    return found.toSorted(compareBy(query)).slice(offset, offset + limit);
  }

  async #records(ids: readonly string[]): Promise<(Pattern | undefined)[]> {
    const records = await this.#level.getMany(ids.map(recordKey));
    return records.map((record, index) =>
      record === undefined ? undefined : readRecord(ids[index]!, record),
    );
  }

  #updateAll(updates: readonly PatternUpdate[]): Promise<number> {
    return this.#writeAll(updates, ({ changes }, before) => before && { ...before, ...changes });
  }

  #writeAll<T extends { readonly id: string }>(
    items: readonly T[],
    next: (item: T, before: Pattern | undefined) => Pattern | undefined,
  ): Promise<number> {
    return this.#writes.run(async () => {
      let rows = 0;
      for (let done = 0; done < items.length; done += this.#settings.transactionRows) {
        if (done > 0) await setImmediate();
        const some = items.slice(done, done + this.#settings.transactionRows);
        try {
          rows += await this.#write(
            some.map(({ id }) => id),
            (known) =>
              some.flatMap((item) => {
                const pattern = next(item, known.get(item.id));
                if (pattern === undefined) return [];
                known.set(item.id, pattern);
                return [pattern];
              }),
          );
        } catch (error) {
          throw new PartialWriteError(done, items.length, error);
        }
      }
      return rows;
    });
  }

  /** Records and their index keys in one atomic batch: `next` gives the new ones, from those there are. */
  async #write(
    ids: readonly string[],
    next: (known: Map<string, Pattern>) => readonly Pattern[],
  ): Promise<number> {
    const before = new Map<string, Pattern>();
    for (const pattern of await this.#records(ids))
      if (pattern !== undefined) before.set(pattern.id, pattern);
    const patterns = next(new Map(before));
    // Of several for one id the last one counts.
    const last = new Map(patterns.map((pattern) => [pattern.id, pattern]));
    const operations = Array.from(last.values()).flatMap((pattern) => {
      const key = usageKey(pattern);
      const put = { type: 'put' as const, key: recordKey(pattern.id), value: writeRecord(pattern) };
      const old = before.get(pattern.id);
      const oldKey = old === undefined ? null : usageKey(old);
      if (oldKey === key) return [put];
      const index = { type: 'put' as const, key, value: empty };
      return oldKey === null ? [put, index] : [put, index, { type: 'del' as const, key: oldKey }];
    });
    await this.#level.batch(operations, this.#sync());
    this.#count(patterns.length);
    return patterns.length;
  }

  #sync(): { readonly sync: boolean } {
    return { sync: this.#settings.durability === 'power' };
  }

  #count(rows: number): void {
    this.#counts.writes += rows;
    this.#counts.transactions++;
  }
}
