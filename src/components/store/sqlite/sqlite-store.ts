import { setImmediate } from 'node:timers/promises';
import type { SQLOutputValue } from 'node:sqlite';
import {
  checkChanges,
  checkedQuery,
  checkName,
  checkPattern,
  checkPatterns,
  checkUpdates,
} from '../check-pattern.ts';
import type { Pattern, PatternChanges, PatternQuery, PatternUpdate } from '../pattern.ts';
import { StoreCounts } from '../store-counts.ts';
import { PartialWriteError, StoreClosedError } from '../store-errors.ts';
import { storeSettings } from '../store-settings.ts';
import type { StoreSettings } from '../store-settings.ts';
import type { Store, StoreOptions, StoreStats } from '../store.ts';
import { WriteQueue } from '../write-queue.ts';
import { patternSql } from './pattern-query.ts';
import { fromRow, getSql, toParameters, updateSql, upsertSql } from './pattern-row.ts';
import { createIndexesSql, dropIndexesSql, patternTable } from './pattern-schema.ts';
import type { IndexTrial, SlowQuery } from './slow-queries.ts';
import type { StatementCacheStats } from './statement-cache.ts';
import { TunedDatabase } from './tuned-database.ts';
import type { TunedDatabaseOptions } from './tuned-database.ts';
import type { PragmaName } from './tuning.ts';
import type { WalStats } from './wal-watch.ts';

export interface SqliteStoreOptions extends StoreOptions, Omit<TunedDatabaseOptions, keyof StoreOptions> {
  /** False drops the indexes of the pattern schema: faster writes, and queries that scan. @default true */
  readonly indexes?: boolean;
}

export interface SqliteStore extends Store {
  /** Statements over `slowQueryMs`, the slowest in all first. */
  slowQueries(): SlowQuery[];
  /** Measure what the index suggested for a slow query would do: holds a write lock, and the thread, meanwhile. */
  tryIndex(sql: string): IndexTrial | null;
  pragmas(): Record<PragmaName, SQLOutputValue>;
  stats(): SqliteStoreStats;
}

export interface SqliteStoreStats extends StoreStats {
  readonly statements: StatementCacheStats;
  readonly wal: WalStats;
}

/** How many rows are written between looks at the clock. */
const rowsBetweenLooks = 16;
/** Rows after which the planner's statistics are looked at. */
const rowsBetweenOptimize = 10_000;

/**
 * Patterns in a SQLite database with the settings of tuning.ts and the indexes of pattern-schema.ts. Reads take 2 to
 * 10 us when the page is cached; they and each transaction hold the thread up. One process at a time is best: another
 * one's lock is waited for, blocking, up to `busyTimeoutMs`.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  return new PatternDatabase(options);
}

class PatternDatabase implements SqliteStore {
  readonly #settings: StoreSettings;
  readonly #database: TunedDatabase;
  readonly #counts = new StoreCounts();
  readonly #writes = new WriteQueue();
  #rowsSinceOptimize = 0;
  #closing: Promise<void> | null = null;

  constructor(options: SqliteStoreOptions) {
    this.#settings = storeSettings(options);
    this.#database = new TunedDatabase(options);
    try {
      this.#database.exec(patternTable);
      this.#database.exec(options.indexes === false ? dropIndexesSql() : createIndexesSql());
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  async get(id: string): Promise<Pattern | undefined> {
    return this.getSync(id);
  }

  getSync(id: string): Pattern | undefined {
    this.#open();
    const row = this.#database.get(getSql, id);
    return this.#counts.read(row === undefined ? undefined : fromRow(row));
  }

  async getMany(ids: readonly string[]): Promise<(Pattern | undefined)[]> {
    const found: (Pattern | undefined)[] = [];
    let startMs = this.#settings.now();
    for (const [index, id] of ids.entries()) {
      if (index % rowsBetweenLooks === 0 && this.#settings.now() - startMs >= this.#settings.loopBudgetMs) {
        await setImmediate();
        startMs = this.#settings.now();
      }
      found.push(this.getSync(id));
    }
    return found;
  }

  async put(pattern: Pattern): Promise<void> {
    this.#open();
    checkPattern(pattern, 'pattern');
    await this.#writes.run(() => {
      this.#database.run(upsertSql, ...toParameters(pattern));
      this.#count(1);
    });
  }

  async putMany(patterns: readonly Pattern[]): Promise<void> {
    this.#open();
    checkPatterns(patterns);
    await this.#writeAll(patterns, (pattern) => this.#database.run(upsertSql, ...toParameters(pattern)));
  }

  async update(id: string, changes: PatternChanges): Promise<boolean> {
    this.#open();
    checkName('id', id);
    checkChanges(changes, 'changes');
    return this.#writes.run(() => {
      const { sql, parameters } = updateSql(id, changes);
      const rows = this.#database.run(sql, ...parameters);
      this.#count(rows);
      return rows > 0;
    });
  }

  async updateMany(updates: readonly PatternUpdate[]): Promise<number> {
    this.#open();
    checkUpdates(updates);
    return this.#writeAll(updates, ({ id, changes }) => {
      const { sql, parameters } = updateSql(id, changes);
      return this.#database.run(sql, ...parameters);
    });
  }

  async delete(id: string): Promise<boolean> {
    this.#open();
    return this.#writes.run(() => {
      const rows = this.#database.run('DELETE FROM patterns WHERE id = ?', id);
      this.#count(rows);
      return rows > 0;
    });
  }

  async query(query: PatternQuery): Promise<Pattern[]> {
    this.#open();
    const { sql, parameters } = patternSql(checkedQuery(query));
    this.#counts.queries++;
    return this.#database.all(sql, ...parameters).map(fromRow);
  }

  async count(): Promise<number> {
    this.#open();
    return Number(this.#database.get('SELECT count(*) AS n FROM patterns')?.['n']);
  }

  slowQueries(): SlowQuery[] {
    return this.#database.slowQueries();
  }

  tryIndex(sql: string): IndexTrial | null {
    this.#open();
    return this.#database.tryIndex(sql);
  }

  pragmas(): Record<PragmaName, SQLOutputValue> {
    this.#open();
    return this.#database.pragmas();
  }

  stats(): SqliteStoreStats {
    return { ...this.#counts.snapshot(), ...this.#database.stats() };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writes.idle();
    this.#database.close();
  }

  #open(): void {
    if (this.#closing !== null) throw new StoreClosedError();
  }

  /** Row after row in transactions that are short enough for the event loop; the sum of what `write` gives. */
  #writeAll<T>(items: readonly T[], write: (item: T) => number): Promise<number> {
    return this.#writes.run(async () => {
      let done = 0;
      let rows = 0;
      while (done < items.length) {
        // A resolved promise would run no timers and no sockets.
        if (done > 0) await setImmediate();
        try {
          const batch = this.#database.transaction(
            () => this.#writeSome(items, done, write),
            ({ items: count }) => count,
          );
          done += batch.items;
          rows += batch.rows;
          this.#count(batch.rows);
        } catch (error) {
          throw new PartialWriteError(done, items.length, error);
        }
      }
      return rows;
    });
  }

  #writeSome<T>(
    items: readonly T[],
    from: number,
    write: (item: T) => number,
  ): { readonly items: number; readonly rows: number } {
    const { transactionRows, loopBudgetMs, now } = this.#settings;
    const startMs = now();
    const end = Math.min(items.length, from + transactionRows);
    let rows = 0;
    let at = from;
    while (at < end) {
      rows += write(items[at]!);
      at++;
      if ((at - from) % rowsBetweenLooks === 0 && at < end && now() - startMs >= loopBudgetMs) {
        this.#counts.splits++;
        break;
      }
    }
    return { items: at - from, rows };
  }

  #count(rows: number): void {
    this.#counts.writes += rows;
    this.#counts.transactions++;
    this.#rowsSinceOptimize += rows;
    if (this.#rowsSinceOptimize < rowsBetweenOptimize) return;
    this.#rowsSinceOptimize = 0;
    this.#database.optimize();
  }
}
