import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { callable, delayMs, positiveInteger } from '../../internal/option-checks.ts';
import { monotonicMs } from '../../internal/timers.ts';
import type { Durability } from '../store.ts';
import { SlowQueries } from './slow-queries.ts';
import type { IndexTrial, SlowQuery } from './slow-queries.ts';
import { StatementCache } from './statement-cache.ts';
import type { StatementCacheStats } from './statement-cache.ts';
import { readPragmas, sqliteSettings, tune } from './tuning.ts';
import type { PragmaName, SqliteTuning } from './tuning.ts';
import { WalWatch } from './wal-watch.ts';
import type { WalStats } from './wal-watch.ts';

export interface TunedDatabaseOptions extends SqliteTuning {
  readonly path: string;
  /** @default 'process' */
  readonly durability?: Durability;
  /** Prepared statements kept. @default 64 */
  readonly statements?: number;
  /** A statement that takes longer is logged. @default 10 */
  readonly slowQueryMs?: number;
  /** Called soon after each slow run. */
  readonly onSlowQuery?: (query: SlowQuery) => void;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export type Row = Record<string, SQLOutputValue>;

/**
 * A SQLite connection (node:sqlite, which is synchronous) with documented settings, a statement cache, a log of slow
 * statements with their plans, and a watch on its write-ahead log. Several on one file see each other's commits.
 */
export class TunedDatabase {
  readonly #database: DatabaseSync;
  readonly #statements: StatementCache;
  readonly #slow: SlowQueries;
  readonly #wal: WalWatch;
  readonly #slowQueryMs: number;
  readonly #now: () => number;

  /** Throws what node:sqlite throws when the file cannot be opened or is no database. */
  constructor(options: TunedDatabaseOptions) {
    const settings = sqliteSettings(options);
    const max = positiveInteger('statements', options.statements ?? 64);
    const onSlow =
      options.onSlowQuery === undefined ? undefined : callable('onSlowQuery', options.onSlowQuery);
    this.#slowQueryMs = delayMs('slowQueryMs', options.slowQueryMs ?? 10);
    this.#now = callable('now', options.now ?? monotonicMs);
    this.#database = new DatabaseSync(options.path);
    try {
      tune(this.#database, settings, options.durability ?? 'process');
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#statements = new StatementCache(this.#database, max);
    this.#slow = new SlowQueries(this.#database, { now: this.#now, onSlow });
    const { walLimitBytes: limitBytes, busyTimeoutMs } = settings;
    this.#wal = new WalWatch(this.#database, {
      path: options.path,
      limitBytes,
      busyTimeoutMs,
      now: this.#now,
    });
  }

  /** Several statements without parameters: a schema. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** The first row. */
  get(sql: string, ...parameters: readonly SQLInputValue[]): Row | undefined {
    const statement = this.#statements.prepare(sql);
    const startMs = this.#now();
    const row = statement.get(...parameters);
    this.#time(sql, parameters, startMs);
    return row;
  }

  all(sql: string, ...parameters: readonly SQLInputValue[]): Row[] {
    const statement = this.#statements.prepare(sql);
    const startMs = this.#now();
    const rows = statement.all(...parameters);
    this.#time(sql, parameters, startMs);
    return rows;
  }

  /** Rows changed. Outside of `transaction` it is one by itself. */
  run(sql: string, ...parameters: readonly SQLInputValue[]): number {
    const statement = this.#statements.prepare(sql);
    const startMs = this.#now();
    const { changes } = statement.run(...parameters);
    this.#time(sql, parameters, startMs);
    if (!this.#database.isTransaction) this.#wal.committed(1);
    return Number(changes);
  }

  /** All of `work` or, when it throws, nothing. `rows`: about how many it writes, from what it returned. */
  transaction<T>(work: () => T, rows: (result: T) => number = () => 1): T {
    this.#statements.prepare('BEGIN IMMEDIATE').run();
    let result: T;
    try {
      result = work();
      this.#statements.prepare('COMMIT').run();
    } catch (error) {
      // Some errors (a full disk) have rolled back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#wal.committed(rows(result));
    return result;
  }

  slowQueries(): SlowQuery[] {
    return this.#slow.list();
  }

  tryIndex(sql: string): IndexTrial | null {
    return this.#slow.try(sql);
  }

  /** The settings as SQLite reports them. */
  pragmas(): Record<PragmaName, SQLOutputValue> {
    return readPragmas(this.#database);
  }

  /** Copy the write-ahead log back and truncate it; false when another connection was in the way. */
  checkpoint(): boolean {
    return this.#wal.checkpoint();
  }

  /** Renew the statistics that queries are planned by, where they are out of date: some milliseconds. */
  optimize(): void {
    this.#database.exec('PRAGMA optimize');
  }

  stats(): { readonly statements: StatementCacheStats; readonly wal: WalStats } {
    return { statements: this.#statements.stats(), wal: this.#wal.stats() };
  }

  /** Also gives up to 4 MiB of free pages back to the file system. */
  close(): void {
    this.#statements.clear();
    try {
      this.#database.exec('PRAGMA optimize; PRAGMA incremental_vacuum(1000)');
    } finally {
      this.#database.close();
    }
  }

  #time(sql: string, parameters: readonly SQLInputValue[], startMs: number): void {
    const durationMs = this.#now() - startMs;
    if (durationMs > this.#slowQueryMs) this.#slow.record(sql, parameters, durationMs);
  }
}
