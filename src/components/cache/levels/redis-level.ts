import type * as driver from 'ioredis';
import { delayMs } from '../../internal/option-checks.ts';
import type { Level, LevelEntry } from './level.ts';
import { MissingLevelDriverError } from './level-errors.ts';
import { jsonSerializer } from './serializer.ts';
import type { Serializer } from './serializer.ts';

export interface RedisLevelOptions<V> {
  /** redis://host:port/database, or a connected client of `ioredis`, which `close` then leaves open. */
  readonly connection: string | driver.Redis;
  /** @default 'redis' */
  readonly name?: string;
  /** Before every key in Redis, so that several caches share a server. @default 'cache:' */
  readonly prefix?: string;
  /** Milliseconds that an entry lives here at most; 0: as long as it lives elsewhere. @default 0 */
  readonly ttl?: number;
  /** A command that takes longer fails, in milliseconds. @default 1000 */
  readonly timeoutMs?: number;
  /** @default jsonSerializer() */
  readonly serializer?: Serializer<V>;
}

/** Keys that one SCAN step and one UNLINK take. */
const scanCount = 500;

/**
 * A level that several processes share. Needs the package `ioredis`; rejects with MissingLevelDriverError without it,
 * and when the server cannot be reached now. Later failures are those of the calls.
 */
export async function createRedisLevel<V>(options: RedisLevelOptions<V>): Promise<Level<V>> {
  const { connection, timeoutMs = 1_000 } = options;
  if (typeof connection !== 'string') return new RedisLevel(options, connection, false);
  const { Redis } = await loadDriver();
  const client = new Redis(connection, {
    lazyConnect: true,
    commandTimeout: delayMs('timeoutMs', timeoutMs),
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  });
  // Without a listener a broken connection would be printed; the calls that it breaks reject anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw error;
  }
  return new RedisLevel(options, client, true);
}

class RedisLevel<V> implements Level<V> {
  readonly name: string;
  readonly isAtOnce = false;
  readonly #client: driver.Redis;
  readonly #owns: boolean;
  readonly #prefix: string;
  readonly #ttlMs: number;
  readonly #serializer: Serializer<V>;

  constructor(options: RedisLevelOptions<V>, client: driver.Redis, owns: boolean) {
    this.name = options.name ?? 'redis';
    this.#client = client;
    this.#owns = owns;
    this.#prefix = options.prefix ?? 'cache:';
    this.#ttlMs = delayMs('ttl', options.ttl ?? 0);
    this.#serializer = options.serializer ?? jsonSerializer<V>();
  }

  async get(key: string): Promise<LevelEntry<V> | undefined> {
    return (await this.getMany([key])).get(key);
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, LevelEntry<V>>> {
    const found = new Map<string, LevelEntry<V>>();
    if (keys.length === 0) return found;
    // In a transaction, so that value and time to live belong together.
    const commands = this.#client.multi();
    for (const key of keys) commands.getBuffer(this.#prefix + key).pttl(this.#prefix + key);
    const replies = succeeded(await commands.exec());
    for (const [index, key] of keys.entries()) {
      const bytes = replies[2 * index];
      const leftMs = replies[2 * index + 1];
      if (!(bytes instanceof Uint8Array) || typeof leftMs !== 'number') continue;
      // -1: for ever. 0: it ends within this millisecond.
      found.set(key, {
        value: this.#serializer.decode(bytes),
        ttlMs: leftMs === -1 ? 0 : Math.max(1, leftMs),
      });
    }
    return found;
  }

  async set(key: string, entry: LevelEntry<V>): Promise<void> {
    await this.setMany(new Map([[key, entry]]));
  }

  async setMany(entries: ReadonlyMap<string, LevelEntry<V>>): Promise<void> {
    if (entries.size === 0) return;
    const commands = this.#client.pipeline();
    for (const [key, { value, ttlMs }] of entries) {
      const livesMs = ttlMs === 0 ? this.#ttlMs : this.#ttlMs === 0 ? ttlMs : Math.min(ttlMs, this.#ttlMs);
      const bytes = Buffer.from(this.#serializer.encode(value));
      if (livesMs === 0) commands.set(this.#prefix + key, bytes);
      else commands.set(this.#prefix + key, bytes, 'PX', Math.max(1, Math.floor(livesMs)));
    }
    succeeded(await commands.exec());
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#client.unlink(keys.map((key) => this.#prefix + key));
  }

  async deletePrefix(prefix: string): Promise<void> {
    const pattern = `${escapeGlob(this.#prefix + prefix)}*`;
    let cursor = '0';
    do {
      const [next, keys] = await this.#client.scan(cursor, 'MATCH', pattern, 'COUNT', scanCount);
      if (keys.length > 0) await this.#client.unlink(keys);
      cursor = next;
    } while (cursor !== '0');
  }

  async clear(): Promise<void> {
    await this.deletePrefix('');
  }

  async close(): Promise<void> {
    if (!this.#owns) return;
    try {
      await this.#client.quit();
    } finally {
      // Without a server there is nobody to say goodbye to, and the client would go on looking for one.
      this.#client.disconnect();
    }
  }
}

function succeeded(replies: [error: Error | null, result: unknown][] | null): unknown[] {
  if (replies === null) throw new Error('Redis gave up the transaction.');
  return replies.map(([error, result]) => {
    if (error !== null) throw error;
    return result;
  });
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, '\\$&');
}

async function loadDriver(): Promise<typeof driver> {
  try {
    return await import('ioredis');
  } catch (cause) {
    throw new MissingLevelDriverError('ioredis', { cause });
  }
}
