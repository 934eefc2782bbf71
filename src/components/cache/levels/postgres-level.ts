import type * as driver from 'pg';
import { delayMs } from '../../internal/option-checks.ts';
import type { Level, LevelEntry } from './level.ts';
import { MissingLevelDriverError } from './level-errors.ts';
import { jsonSerializer } from './serializer.ts';
import type { Serializer } from './serializer.ts';

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
}

/** Writes between two removals of expired rows. */
const cleanUpEvery = 1_000;

/**
 * A query cache in PostgreSQL, in an unlogged table: shared by processes, lost when the server crashes. Expiry is by
 * the server's clock. Needs the package `pg`; rejects with MissingLevelDriverError without it, and when the server
 * cannot be reached now. A key must not contain the character U+0000, which PostgreSQL text cannot.
 */
export async function createPostgresLevel<V>(options: PostgresLevelOptions<V>): Promise<Level<V>> {
  const { connection, table = 'cache_entries', timeoutMs = 2_000 } = options;
  if (!/^[a-z_][a-z0-9_]{0,62}$/i.test(table)) {
    throw new RangeError(`Expected \`table\` to be letters, digits and underscores, got \`${table}\`.`);
  }
  const owns = typeof connection === 'string';
  const pool = owns ? await openPool(connection, delayMs('timeoutMs', timeoutMs)) : connection;
  try {
    await pool.query(
      `CREATE UNLOGGED TABLE IF NOT EXISTS "${table}" (key text COLLATE "C" PRIMARY KEY, value bytea NOT NULL, expires timestamptz)`,
    );
  } catch (error) {
    if (owns) await pool.end();
    throw error;
  }
  return new PostgresLevel(options, pool, table);
}

class PostgresLevel<V> implements Level<V> {
  readonly name: string;
  readonly isAtOnce = false;
  readonly #pool: driver.Pool;
  readonly #owns: boolean;
  readonly #table: string;
  readonly #ttlMs: number;
  readonly #serializer: Serializer<V>;
  #writes = 0;

  constructor(options: PostgresLevelOptions<V>, pool: driver.Pool, table: string) {
    this.name = options.name ?? 'postgres';
    this.#pool = pool;
    this.#owns = typeof options.connection === 'string';
    this.#table = `"${table}"`;
    this.#ttlMs = delayMs('ttl', options.ttl ?? 0);
    this.#serializer = options.serializer ?? jsonSerializer<V>();
  }

  async get(key: string): Promise<LevelEntry<V> | undefined> {
    return (await this.getMany([key])).get(key);
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, LevelEntry<V>>> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT key, value, extract(epoch FROM expires - clock_timestamp())::float8 * 1000 AS left_ms
       FROM ${this.#table} WHERE key = ANY($1::text[]) AND (expires IS NULL OR expires > clock_timestamp())`,
      [keys],
    );
    return new Map(
      rows.map(({ key, value, left_ms: leftMs }) => [
        key,
        { value: this.#serializer.decode(value), ttlMs: leftMs === null ? 0 : Math.max(1e-3, leftMs) },
      ]),
    );
  }

  async set(key: string, entry: LevelEntry<V>): Promise<void> {
    await this.setMany(new Map([[key, entry]]));
  }

  async setMany(entries: ReadonlyMap<string, LevelEntry<V>>): Promise<void> {
    const keys: string[] = [];
    const values: Buffer[] = [];
    const livesMs: (number | null)[] = [];
    for (const [key, { value, ttlMs }] of entries) {
      const lives = ttlMs === 0 ? this.#ttlMs : this.#ttlMs === 0 ? ttlMs : Math.min(ttlMs, this.#ttlMs);
      keys.push(key);
      values.push(Buffer.from(this.#serializer.encode(value)));
      livesMs.push(lives === 0 ? null : lives);
    }
    if (keys.length === 0) return;
    await this.#pool.query(
      `INSERT INTO ${this.#table} (key, value, expires)
       SELECT key, value, clock_timestamp() + lives * interval '1 millisecond'
       FROM unnest($1::text[], $2::bytea[], $3::float8[]) AS given (key, value, lives)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires`,
      [keys, values, livesMs],
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

  async clear(): Promise<void> {
    await this.#pool.query(`TRUNCATE ${this.#table}`);
  }

  async close(): Promise<void> {
    if (this.#owns) await this.#pool.end();
  }
}

async function openPool(url: string, timeoutMs: number): Promise<driver.Pool> {
  const { Pool } = await loadDriver();
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

async function loadDriver(): Promise<typeof driver> {
  try {
    return await import('pg');
  } catch (cause) {
    throw new MissingLevelDriverError('pg', { cause });
  }
}
