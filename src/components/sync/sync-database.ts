import { DatabaseSync } from 'node:sqlite';
import { delayMs, expected } from '../internal/option-checks.ts';

export interface SyncDatabaseOptions {
  /** A file, made when there is none; ':memory:' for none. */
  readonly path: string;
  /**
   * What a commit outlives: 'process' that the process is killed (the write-ahead log is synced now and then), 'power'
   * that the machine loses its power (it is synced with each commit). @default 'process'
   */
  readonly durability?: 'process' | 'power';
  /** How long a call waits, blocking, for another connection's lock. @default 5000 */
  readonly busyTimeoutMs?: number;
}

/** A connection with a write-ahead log and the tables of `schema`. Throws what SQLite reports of a file that is no database. */
export function openSyncDatabase(options: SyncDatabaseOptions, schema: string): DatabaseSync {
  const { durability = 'process', path } = options;
  if (durability !== 'process' && durability !== 'power') {
    throw new RangeError(expected('durability', "'process' or 'power'", durability));
  }
  const busyTimeoutMs = delayMs('busyTimeoutMs', options.busyTimeoutMs ?? 5_000);
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${Math.ceil(busyTimeoutMs)}`);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    inTransaction(database, () => database.exec(schema));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** All of `work` or, when it throws, nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // Some errors (a full disk) have rolled back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
