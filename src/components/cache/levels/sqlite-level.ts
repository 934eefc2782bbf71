import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { delayMs, positiveInteger } from '../../internal/option-checks.ts';
import type { Level, LevelEntry } from './level.ts';
import { getEach, unexpired } from './near-level.ts';
import type { NearLevel } from './near-level.ts';
import { jsonSerializer } from './serializer.ts';
import type { Serializer } from './serializer.ts';
import { shorterTtl } from './shorter-ttl.ts';

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
  CREATE TABLE IF NOT EXISTS cache_tags (
    tag TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES cache_entries ON DELETE CASCADE,
    PRIMARY KEY (tag, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS cache_tags_by_entry ON cache_tags (seq);
`;

const select = `
  SELECT value, expires_ms, (SELECT json_group_array(tag) FROM cache_tags WHERE seq = entry.seq) AS tags
  FROM cache_entries AS entry WHERE key = ?
`;

/** A query cache in SQLite: survives the process, and answers at once (on this thread, in some 10 microseconds). */
export function createSqliteLevel<V>(options: SqliteLevelOptions<V> = {}): Level<V> {
  return new SqliteLevel(options);
}

class SqliteLevel<V> implements NearLevel<V> {
  readonly name: string;
  readonly isAtOnce = true;
  readonly #database: DatabaseSync;
  readonly #serializer: Serializer<V>;
  readonly #max: number;
  readonly #ttlMs: number;
  readonly #wallClock: () => number;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertTag: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteTag: StatementSync;
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
    this.#select = prepare(select);
    this.#insert = prepare('INSERT OR REPLACE INTO cache_entries (key, value, expires_ms) VALUES (?, ?, ?)');
    this.#insertTag = prepare('INSERT INTO cache_tags (tag, seq) VALUES (?, ?)');
    this.#deleteTag = prepare(
      'DELETE FROM cache_entries WHERE seq IN (SELECT seq FROM cache_tags WHERE tag = ?)',
    );
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
    const { value, expires_ms: expiresMs, tags } = row;
    if (!(value instanceof Uint8Array) || typeof expiresMs !== 'number') return undefined;
    const entry = unexpired(
      expiresMs === 0 ? Infinity : expiresMs,
      expiresMs === 0 ? 0 : this.#wallClock(),
      () => this.#serializer.decode(value),
      parseTags(tags),
    );
    if (entry === undefined) this.deleteMany([key]);
    return entry;
  }

  getMany(keys: readonly string[]): ReadonlyMap<string, LevelEntry<V>> {
    return getEach(this, keys);
  }

  set(key: string, entry: LevelEntry<V>): void {
    // Alone, one statement is a transaction of its own.
    if (entry.tags === undefined || entry.tags.length === 0) this.#put(key, entry);
    else this.setMany(new Map([[key, entry]]));
  }

  setMany(entries: ReadonlyMap<string, LevelEntry<V>>): void {
    this.#database.exec('BEGIN');
    try {
      for (const [key, entry] of entries) this.#put(key, entry);
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

  invalidateTag(tag: string): void {
    this.#rows -= Number(this.#deleteTag.run(tag).changes);
  }

  clear(): void {
    this.#database.exec('DELETE FROM cache_entries');
    this.#rows = 0;
  }

  close(): void {
    this.#database.close();
  }

  #put(key: string, { value, ttlMs, tags = [] }: LevelEntry<V>): void {
    const livesMs = shorterTtl(ttlMs, this.#ttlMs);
    const bytes = this.#serializer.encode(value);
    // A row that is replaced takes its tags with it.
    const { lastInsertRowid } = this.#insert.run(key, bytes, livesMs === 0 ? 0 : this.#wallClock() + livesMs);
    for (const tag of new Set(tags)) this.#insertTag.run(tag, lastInsertRowid);
    // A replaced row is counted twice until the next count, which is before anything is evicted.
    if (++this.#rows > this.#max) this.#trim();
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

/** `json_group_array` of texts: "[]" for an entry without. */
function parseTags(tags: unknown): string[] | undefined {
  if (typeof tags !== 'string' || tags === '[]') return undefined;
  const parsed: unknown = JSON.parse(tags);
  return Array.isArray(parsed) ? parsed.filter((tag) => typeof tag === 'string') : undefined;
}
