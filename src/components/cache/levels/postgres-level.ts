import type * as driver from 'pg';
import { delayMs } from '../../internal/option-checks.ts';
import { loadDriver, openFarLevel } from './far-level.ts';
import type { FarStore } from './far-level.ts';
import type { Level, LevelEntry } from './level.ts';
import { jsonSerializer } from './serializer.ts';
import type { Serializer } from './serializer.ts';
import { shorterTtl } from './shorter-ttl.ts';

export interface PostgresLevelOptions<V> {
  /** postgres://user@host:port/database, or a pool of `pg`, which `close` then leaves open. */
  readonly connection: string | driver.Pool;
  /** @default 'postgres' */
  readonly name?: string;
  /** Made when it is not there; letters, digits and underscores. @default 'cache_entries' */
  readonly table?: string;
  /** Milliseconds that a row lives here at most; 0: as long as it lives elsewhere. @default 0 */
  readonly ttl?: number;
  /** A statement that takes longer fails, in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
  /** @default jsonSerializer() */
  readonly serializer?: Serializer<V>;
}

interface Row {
  readonly key: string;
  readonly value: Uint8Array;
  readonly left_ms: number | null;
  readonly tags: string[] | null;
}

/** Writes between two removals of expired rows. */
const cleanUpEvery = 1_000;

/**
 * A query cache in PostgreSQL, in an unlogged table: shared by processes, lost when the server crashes. Expiry is by
 * the server's clock. Needs the package `pg`; rejects with MissingLevelDriverError without it, and when the server
 * cannot be reached now. A key or tag must not contain the character U+0000, which PostgreSQL text cannot.
 */
export async function createPostgresLevel<V>(options: PostgresLevelOptions<V>): Promise<Level<V>> {
  const { connection, table = 'cache_entries', timeoutMs = 2_000 } = options;
  if (!/^[a-z_][a-z0-9_]{0,62}$/i.test(table)) {
    throw new RangeError(`Expected \`table\` to be letters, digits and underscores, got \`${table}\`.`);
  }
  const isOwned = typeof connection === 'string';
  const pool = isOwned ? await openPool(connection, delayMs('timeoutMs', timeoutMs)) : connection;
  const store = new PostgresStore(pool, {
    table: `"${table}"`,
    ttlMs: delayMs('ttl', options.ttl ?? 0),
    serializer: options.serializer ?? jsonSerializer<V>(),
  });
  return openFarLevel(options.name ?? 'postgres', store, {
    isOwned,
    open: () => createTable(pool, table),
    close: () => pool.end(),
  });
}

/** A table that was made before there were tags gets them. */
async function createTable(pool: driver.Pool, table: string): Promise<void> {
  await pool.query(
    `CREATE UNLOGGED TABLE IF NOT EXISTS "${table}" (key text COLLATE "C" PRIMARY KEY, value bytea NOT NULL, expires timestamptz, tags text[])`,
  );
  await pool.query(`ALTER TABLE "${table}" ADD COLUMN IF NOT EXISTS tags text[]`);
  // Names are cut at 63 bytes.
  await pool.query(
    `CREATE INDEX IF NOT EXISTS "${table.slice(0, 56)}_tags" ON "${table}" USING gin (tags) WHERE tags IS NOT NULL`,
  );
}

interface StoreOptions<V> {
  /** Quoted. */
  readonly table: string;
  readonly ttlMs: number;
  readonly serializer: Serializer<V>;
}

class PostgresStore<V> implements FarStore<V> {
  readonly #pool: driver.Pool;
  readonly #table: string;
  readonly #ttlMs: number;
  readonly #serializer: Serializer<V>;
  #writes = 0;

  constructor(pool: driver.Pool, { table, ttlMs, serializer }: StoreOptions<V>) {
    this.#pool = pool;
    this.#table = table;
    this.#ttlMs = ttlMs;
    this.#serializer = serializer;
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, LevelEntry<V>>> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT key, value, tags, extract(epoch FROM expires - clock_timestamp())::float8 * 1000 AS left_ms
       FROM ${this.#table} WHERE key = ANY($1::text[]) AND (expires IS NULL OR expires > clock_timestamp())`,
      [keys],
    );
    return new Map(
      rows.map(({ key, value, tags, left_ms: leftMs }) => [
        key,
        {
          value: this.#serializer.decode(value),
          ttlMs: leftMs === null ? 0 : Math.max(1e-3, leftMs),
          ...(tags === null ? {} : { tags }),
        },
      ]),
    );
  }

  async setMany(entries: ReadonlyMap<string, LevelEntry<V>>): Promise<void> {
    const keys: string[] = [];
    const values: Buffer[] = [];
    const livesMs: (number | null)[] = [];
    // As JSON: an array of arrays would have to be as wide everywhere.
    const tagLists: (string | null)[] = [];
    for (const [key, { value, ttlMs, tags = [] }] of entries) {
      const lives = shorterTtl(ttlMs, this.#ttlMs);
      keys.push(key);
      values.push(Buffer.from(this.#serializer.encode(value)));
      livesMs.push(lives === 0 ? null : lives);
      tagLists.push(tags.length === 0 ? null : JSON.stringify(tags));
    }
    if (keys.length === 0) return;
    await this.#pool.query(
      `INSERT INTO ${this.#table} (key, value, expires, tags)
       SELECT key, value, clock_timestamp() + lives * interval '1 millisecond',
         CASE WHEN tags IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(tags::json)) END
       FROM unnest($1::text[], $2::bytea[], $3::float8[], $4::text[]) AS given (key, value, lives, tags)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires, tags = excluded.tags`,
      [keys, values, livesMs, tagLists],
    );
    this.#writes += keys.length;
    if (this.#writes < cleanUpEvery) return;
    this.#writes = 0;
    await this.#pool.query(`DELETE FROM ${this.#table} WHERE expires <= clock_timestamp()`);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.#pool.query(`DELETE FROM ${this.#table} WHERE key = ANY($1::text[])`, [keys]);
  }

  async deletePrefix(prefix: string): Promise<void> {
    await this.#pool.query(`DELETE FROM ${this.#table} WHERE starts_with(key, $1)`, [prefix]);
  }

  async invalidateTag(tag: string): Promise<void> {
    await this.#pool.query(`DELETE FROM ${this.#table} WHERE tags IS NOT NULL AND tags @> ARRAY[$1::text]`, [
      tag,
    ]);
  }

  async clear(): Promise<void> {
    await this.#pool.query(`TRUNCATE ${this.#table}`);
  }
}

async function openPool(url: string, timeoutMs: number): Promise<driver.Pool> {
  const { Pool } = await loadDriver('pg', () => import('pg'));
  const pool = new Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs,
    allowExitOnIdle: true,
  });
  // A connection that breaks while idle is replaced; the calls that it breaks reject anyway.
  pool.on('error', () => undefined);
  return pool;
}
