import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { delayMs, expected, positiveInteger, wholeNumber } from '../../internal/option-checks.ts';
import type { Durability } from '../store.ts';

/** Settings of a SQLite connection; the defaults suit one process with a database of up to some gigabytes. */
export interface SqliteTuning {
  /**
   * 'wal': writers append to a log, readers go on meanwhile. 'rollback': SQLite's own default, kept for comparison:
   * every transaction writes the old pages to a journal first. @default 'wal'
   */
  readonly journal?: 'wal' | 'rollback';
  /** File read through memory mapping. @default 268435456 (256 MiB) */
  readonly mmapBytes?: number;
  /** Page cache of the connection. @default 67108864 (64 MiB) */
  readonly cacheBytes?: number;
  /** How long a call waits, blocking, for another connection's lock. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** Pages in the log before a commit copies them back. @default 4000 (16 MiB) */
  readonly autoCheckpointPages?: number;
  /** Bytes that the log is cut to when it starts anew. @default 67108864 (64 MiB) */
  readonly walLimitBytes?: number;
}

export type SqliteSettings = Required<SqliteTuning>;

export function sqliteSettings(tuning: SqliteTuning): SqliteSettings {
  const { journal = 'wal' } = tuning;
  if (journal !== 'wal' && journal !== 'rollback') {
    throw new RangeError(expected('journal', "'wal' or 'rollback'", journal));
  }
  return {
    journal,
    mmapBytes: wholeNumber('mmapBytes', tuning.mmapBytes ?? 256 * 1024 ** 2),
    cacheBytes: positiveInteger('cacheBytes', tuning.cacheBytes ?? 64 * 1024 ** 2),
    busyTimeoutMs: delayMs('busyTimeoutMs', tuning.busyTimeoutMs ?? 5_000),
    autoCheckpointPages: wholeNumber('autoCheckpointPages', tuning.autoCheckpointPages ?? 4_000),
    walLimitBytes: positiveInteger('walLimitBytes', tuning.walLimitBytes ?? 64 * 1024 ** 2),
  };
}

/**
 * Apply the settings. NORMAL in WAL mode syncs at checkpoints only: a crash of the process loses nothing, a power cut
 * the last transactions, never the database. FULL syncs each transaction.
 */
export function tune(database: DatabaseSync, settings: SqliteSettings, durability: Durability): void {
  const statements = [
    `busy_timeout = ${Math.ceil(settings.busyTimeoutMs)}`,
    // Before the first page is written, else it takes a VACUUM.
    'auto_vacuum = INCREMENTAL',
    `journal_mode = ${settings.journal === 'wal' ? 'WAL' : 'DELETE'}`,
    `synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`,
    `mmap_size = ${settings.mmapBytes}`,
    // Negative: KiB instead of pages.
    `cache_size = -${Math.ceil(settings.cacheBytes / 1024)}`,
    'temp_store = MEMORY',
    `wal_autocheckpoint = ${settings.autoCheckpointPages}`,
    `journal_size_limit = ${settings.walLimitBytes}`,
    // Keeps ANALYZE, which `optimize` runs, to a few milliseconds whatever the size of the table.
    'analysis_limit = 400',
  ];
  for (const statement of statements) database.exec(`PRAGMA ${statement}`);
}

export type PragmaName =
  | 'auto_vacuum'
  | 'journal_mode'
  | 'synchronous'
  | 'mmap_size'
  | 'cache_size'
  | 'temp_store'
  | 'busy_timeout'
  | 'wal_autocheckpoint'
  | 'journal_size_limit'
  | 'page_size';

/** The settings as SQLite reports them, by PRAGMA name. */
export function readPragmas(database: DatabaseSync): Record<PragmaName, SQLOutputValue> {
  const read = (name: string): SQLOutputValue =>
    Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? null;
  return {
    auto_vacuum: read('auto_vacuum'),
    journal_mode: read('journal_mode'),
    synchronous: read('synchronous'),
    mmap_size: read('mmap_size'),
    cache_size: read('cache_size'),
    temp_store: read('temp_store'),
    busy_timeout: read('busy_timeout'),
    wal_autocheckpoint: read('wal_autocheckpoint'),
    journal_size_limit: read('journal_size_limit'),
    page_size: read('page_size'),
  };
}
