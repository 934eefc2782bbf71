import type * as driver from 'ioredis';
import { delayMs } from '../../internal/option-checks.ts';
import { loadDriver, openFarLevel } from './far-level.ts';
import type { FarStore } from './far-level.ts';
import type { Level, LevelEntry } from './level.ts';
import { succeeded } from './redis-replies.ts';
import { RedisTags, tagVersionKey } from './redis-tags.ts';
import { jsonSerializer } from './serializer.ts';
import type { Serializer } from './serializer.ts';
import { shorterTtl } from './shorter-ttl.ts';
import { joinTags, splitTags } from './tagged-bytes.ts';
import type { TaggedValue } from './tagged-bytes.ts';

export interface RedisLevelOptions<V> {
  /** redis://host:port/database, or a connected client of `ioredis`, which `close` then leaves open. */
  readonly connection: string | driver.Redis;
  /** @default 'redis' */
  readonly name?: string;
  /** Before every key in Redis, so that several caches share a server; before that of a tag also `tag:`. @default 'cache:' */
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
  const isOwned = typeof connection === 'string';
  const client = isOwned ? await createClient(connection, delayMs('timeoutMs', timeoutMs)) : connection;
  const store = new RedisStore(client, {
    prefix: options.prefix ?? 'cache:',
    ttlMs: delayMs('ttl', options.ttl ?? 0),
    serializer: options.serializer ?? jsonSerializer<V>(),
  });
  return openFarLevel(options.name ?? 'redis', store, {
    isOwned,
    open: async () => (isOwned ? client.connect() : undefined),
    close: () => disconnect(client),
  });
}

interface StoreOptions<V> {
  readonly prefix: string;
  readonly ttlMs: number;
  readonly serializer: Serializer<V>;
}

class RedisStore<V> implements FarStore<V> {
  readonly #client: driver.Redis;
  readonly #tags: RedisTags;
  readonly #prefix: string;
  readonly #ttlMs: number;
  readonly #serializer: Serializer<V>;

  constructor(client: driver.Redis, { prefix, ttlMs, serializer }: StoreOptions<V>) {
    this.#client = client;
    this.#tags = new RedisTags(client, `tag:${prefix}`);
    this.#prefix = prefix;
    this.#ttlMs = ttlMs;
    this.#serializer = serializer;
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, LevelEntry<V>>> {
    const found = new Map<string, LevelEntry<V>>();
    if (keys.length === 0) return found;
    // In a transaction, so that value and time to live belong together.
    const commands = this.#client.multi();
    for (const key of keys) commands.getBuffer(this.#prefix + key).pttl(this.#prefix + key);
    const replies = succeeded(await commands.exec());
    const held = new Map<string, TaggedValue & { readonly leftMs: number }>();
    for (const [index, key] of keys.entries()) {
      const bytes = replies[2 * index];
      const leftMs = replies[2 * index + 1];
      if (!Buffer.isBuffer(bytes) || typeof leftMs !== 'number') continue;
      const value = splitTags(bytes);
      if (value !== undefined) held.set(key, { ...value, leftMs });
    }
    const valid = await this.#tags.valid([...held.values()].flatMap(({ tags }) => tags));
    for (const [key, { value, tags, leftMs }] of held) {
      if (!tags.every((pair) => valid.has(tagVersionKey(pair)))) continue;
      found.set(key, {
        value: this.#serializer.decode(value),
        // -1: for ever. 0: it ends within this millisecond.
        ttlMs: leftMs === -1 ? 0 : Math.max(1, leftMs),
        ...(tags.length === 0 ? {} : { tags: tags.map(([tag]) => tag) }),
      });
    }
    return found;
  }

  async setMany(entries: ReadonlyMap<string, LevelEntry<V>>): Promise<void> {
    if (entries.size === 0) return;
    const versions = await this.#openTags(entries);
    const commands = this.#client.pipeline();
    for (const [key, { value, ttlMs, tags = [] }] of entries) {
      const livesMs = shorterTtl(ttlMs, this.#ttlMs);
      // A version that is gone again stands for none, which no tag has.
      const pairs = tags.map((tag) => [tag, versions.get(tag) ?? '-'] as const);
      const bytes = joinTags(this.#serializer.encode(value), pairs);
      if (livesMs === 0) commands.set(this.#prefix + key, bytes);
      else commands.set(this.#prefix + key, bytes, 'PX', Math.max(1, Math.floor(livesMs)));
    }
    succeeded(await commands.exec());
  }

  #openTags(entries: ReadonlyMap<string, LevelEntry<V>>): Promise<ReadonlyMap<string, string>> {
    const tags = new Set<string>();
    let longestMs = 0;
    let isForEver = false;
    for (const entry of entries.values()) {
      if (entry.tags === undefined || entry.tags.length === 0) continue;
      for (const tag of entry.tags) tags.add(tag);
      const livesMs = shorterTtl(entry.ttlMs, this.#ttlMs);
      isForEver ||= livesMs === 0;
      longestMs = Math.max(longestMs, livesMs);
    }
    return this.#tags.open([...tags], isForEver ? 0 : longestMs);
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

  invalidateTag(tag: string): Promise<void> {
    return this.#tags.invalidate(tag);
  }

  async clear(): Promise<void> {
    await this.deletePrefix('');
  }
}

async function createClient(url: string, timeoutMs: number): Promise<driver.Redis> {
  const { Redis } = await loadDriver('ioredis', () => import('ioredis'));
  const client = new Redis(url, {
    lazyConnect: true,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  });
  // Without a listener a broken connection would be printed; the calls that it breaks reject anyway.
  client.on('error', () => undefined);
  return client;
}

async function disconnect(client: driver.Redis): Promise<void> {
  try {
    if (client.status === 'ready') await client.quit();
  } finally {
    // Without a server there is nobody to say goodbye to, and the client would go on looking for one.
    client.disconnect();
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, '\\$&');
}
