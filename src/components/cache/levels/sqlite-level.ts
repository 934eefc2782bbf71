import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { delayMs, positiveInteger } from '../../internal/option-checks.ts';
import type { Level, LevelEntry } from './level.ts';
import { jsonSerializer } from './serializer.ts';
import type { Serializer } from './serializer.ts';

export interface SqliteLevelOptions<V> {
  /** @default 'sqlite' */
  readonly name?: string;
  /** File, or ':memory:'. @default ':memory:' */
  readonly path?: string;
  /** Most rows; beyond them the expired and then the oldest leave. @default 100000 */
  readonly max?: number;
  /** Milliseconds that a row lives here at most; 0: as long as it lives elsewhere. @default 0 */
  readonly ttl?: number;
  /** @default jsonSerializer() */
  readonly serializer?: Serializer<V>;
  /** Milliseconds since 1970: rows outlive the process. @default Date.now */
  readonly wallClock?: () => number;
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 1000;
  CREATE TABLE IF NOT EXISTS cache_entries (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    value BLOB NOT NULL,
    expires_ms REAL NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS cache_entries_by_expiry ON cache_entries (expires_ms) WHERE expires_ms > 0;
`;

/** A query cache in SQLite: survives the process, and answers at once (on this thread, in some 10 microseconds). */
export function createSqliteLevel<V>(options: SqliteLevelOptions<V> = {}): Level<V> {
  return new SqliteLevel(options);
}

class SqliteLevel<V> implements Level<V> {
  readonly name: string;
  readonly isAtOnce = true;
  readonly #database: DatabaseSync;
  readonly #serializer: Serializer<V>;
  readonly #max: number;
  readonly #ttlMs: number;
  readonly #wallClock: () => number;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteExpired: StatementSync;
  readonly #deleteOldest: StatementSync;
  #rows: number;

  constructor(options: SqliteLevelOptions<V>) {
    this.name = options.name ?? 'sqlite';
    this.#max = positiveInteger('max', options.max ?? 100_000);
    this.#ttlMs = delayMs('ttl', options.ttl ?? 0);
    this.#serializer = options.serializer ?? jsonSerializer<V>();
    this.#wallClock = options.wallClock ?? Date.now;
    // Loaded only here: on some versions of Node it prints a warning when it is.
    const sqlite = process.getBuiltinModule('node:sqlite');
    this.#database = new sqlite.DatabaseSync(options.path ?? ':memory:');
    this.#database.exec(schema);
    const prepare = (sql: string): StatementSync => this.#database.prepare(sql);
    this.#select = prepare('SELECT value, expires_ms FROM cache_entries WHERE key = ?');
    this.#insert = prepare('INSERT OR REPLACE INTO cache_entries (key, value, expires_ms) VALUES (?, ?, ?)');
    this.#delete = prepare('DELETE FROM cache_entries WHERE key = ?');
    this.#deleteExpired = prepare('DELETE FROM cache_entries WHERE expires_ms > 0 AND expires_ms <= ?');
    this.#deleteOldest = prepare(
      'DELETE FROM cache_entries WHERE seq IN (SELECT seq FROM cache_entries ORDER BY seq LIMIT ?)',
    );
    this.#rows = this.#count();
  }

  get(key: string): LevelEntry<V> | undefined {
    const row = this.#select.get(key);
    if (row === undefined) return undefined;
    const { value, expires_ms: expiresMs } = row;
    if (!(value instanceof Uint8Array) || typeof expiresMs !== 'number') return undefined;
    const leftMs = expiresMs === 0 ? 0 : expiresMs - this.#wallClock();
    if (expiresMs > 0 && leftMs <= 0) {
      this.deleteMany([key]);
      return undefined;
    }
    return { value: this.#serializer.decode(value), ttlMs: leftMs };
  }

  getMany(keys: readonly string[]): ReadonlyMap<string, LevelEntry<V>> {
    const found = new Map<string, LevelEntry<V>>();
    for (const key of keys) {
      const entry = this.get(key);
      if (entry !== undefined) found.set(key, entry);
    }
    return found;
  }

  set(key: string, { value, ttlMs }: LevelEntry<V>): void {
    const livesMs = ttlMs === 0 ? this.#ttlMs : this.#ttlMs === 0 ? ttlMs : Math.min(ttlMs, this.#ttlMs);
    const bytes = this.#serializer.encode(value);
    this.#insert.run(key, bytes, livesMs === 0 ? 0 : this.#wallClock() + livesMs);
    // A replaced row is counted twice until the next count, which is before anything is evicted.
    if (++this.#rows > this.#max) this.#trim();
  }

  setMany(entries: ReadonlyMap<string, LevelEntry<V>>): void {
    this.#database.exec('BEGIN');
    try {
      for (const [key, entry] of entries) this.set(key, entry);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  deleteMany(keys: readonly string[]): void {
    for (const key of keys) this.#rows -= Number(this.#delete.run(key).changes);
  }

  deletePrefix(prefix: string): void {
    // Not LIKE, which takes % and _ for more than they are and letters of both cases for the same.
    this.#database.prepare('DELETE FROM cache_entries WHERE substr(key, 1, length(?1)) = ?1').run(prefix);
    this.#rows = this.#count();
  }

  clear(): void {
    this.#database.exec('DELETE FROM cache_entries');
    this.#rows = 0;
  }

  close(): void {
    this.#database.close();
  }

  #trim(): void {
    this.#rows = this.#count();
    if (this.#rows <= this.#max) return;
    this.#rows -= Number(this.#deleteExpired.run(this.#wallClock()).changes);
    // A little more than needed, so that this is not done for every row.
    if (this.#rows <= this.#max) return;
    const spare = Math.floor(this.#max / 100);
    this.#rows -= Number(this.#deleteOldest.run(this.#rows - this.#max + spare).changes);
  }

  #count(): number {
    const rows = this.#database.prepare('SELECT count(*) AS rows FROM cache_entries').get()?.['rows'];
    return typeof rows === 'number' ? rows : 0;
  }
}
