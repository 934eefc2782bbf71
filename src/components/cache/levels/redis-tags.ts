import { randomBytes } from 'node:crypto';
import type * as driver from 'ioredis';
import { succeeded } from './redis-replies.ts';
import type { TagVersion } from './tagged-bytes.ts';

/** A tag outlives its entries by so much, in milliseconds, so that these go first. */
const spareMs = 1_000;

/**
 * Versions of tags in Redis: an entry is valid as long as its tags have the versions that it was stored with. To
 * invalidate a tag, or to lose it (expired, evicted by the server), is to forget its version, and takes O(1) however
 * many entries have it; those stay until they expire or are stored again, but are not found.
 */
export class RedisTags {
  readonly #client: driver.Redis;
  readonly #prefix: string;

  constructor(client: driver.Redis, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** Versions to store entries with, made where there are none, which live at least `livesMs` (0: for ever). */
  async open(tags: readonly string[], livesMs: number): Promise<Map<string, string>> {
    const versions = new Map<string, string>();
    if (tags.length === 0) return versions;
    const commands = this.#client.multi();
    for (const tag of tags) {
      const key = this.#prefix + tag;
      commands.set(key, randomBytes(12).toString('base64url'), 'NX').get(key).pttl(key);
    }
    const replies = succeeded(await commands.exec());
    const lives = this.#client.pipeline();
    for (const [index, tag] of tags.entries()) {
      const [made, version, leftMs] = replies.slice(3 * index, 3 * index + 3);
      if (typeof version !== 'string' || typeof leftMs !== 'number') continue;
      versions.set(tag, version);
      const isForEver = leftMs === -1 && made === null;
      if (livesMs === 0 && !isForEver) lives.persist(this.#prefix + tag);
      else if (livesMs > 0 && !isForEver && leftMs < livesMs)
        lives.pexpire(this.#prefix + tag, Math.ceil(livesMs) + spareMs);
    }
    if (lives.length > 0) succeeded(await lives.exec());
    return versions;
  }

  /** The pairs among these that are still so, as one text each (see `tagVersionKey`). */
  async valid(pairs: readonly TagVersion[]): Promise<ReadonlySet<string>> {
    const tags = [...new Set(pairs.map(([tag]) => tag))];
    if (tags.length === 0) return new Set();
    const versions = await this.#client.mget(tags.map((tag) => this.#prefix + tag));
    return new Set(tags.map((tag, index) => tagVersionKey([tag, versions[index] ?? ''])));
  }

  async invalidate(tag: string): Promise<void> {
    await this.#client.unlink(this.#prefix + tag);
  }
}

export function tagVersionKey([tag, version]: TagVersion): string {
  // A version has no space.
  return `${version} ${tag}`;
}
