import type { Level, LevelEntry } from 'perfkit/cache';

const mostBuffered = 256;
/** Keys that are remembered as having come once. */
const sightings = 16_384;

/**
 * What makes a level on disk or in SQLite cheap enough for a cascade. Entries are handed on in transactions of up to
 * 256, and answered from the buffer meanwhile: one by one each would be a transaction, which costs more than the row. And
 * only keys that come again are kept: most of those that fall through to the last level never do. `max`: entries of the
 * level. Throws TypeError on a level that does not answer at once.
 */
export function createQueryCacheLevel<V>(level: Level<V>, max: number): Level<V> {
  if (!level.isAtOnce) throw new TypeError(`Expected a level that answers at once, got ${level.name}`);
  let buffer = new Map<string, LevelEntry<V>>();
  /** All keys that the level may have, and some that it has evicted. */
  const held = new Set<string>();
  let seen = new Set<string>();
  let seenBefore = new Set<string>();

  const handOver = (): void => {
    const entries = buffer;
    buffer = new Map();
    if (held.size + entries.size > 4 * max) {
      held.clear();
      void level.clear();
    }
    for (const key of entries.keys()) held.add(key);
    void level.setMany(entries);
  };
  const comesAgain = (key: string): boolean => {
    if (seen.has(key) || seenBefore.has(key)) return true;
    seen.add(key);
    if (seen.size >= sightings / 2) {
      seenBefore = seen;
      seen = new Set();
    }
    return false;
  };
  const set = (key: string, entry: LevelEntry<V>): void => {
    // One that is held is replaced whatever else: what it was may not be returned any more.
    if (!held.has(key) && !buffer.has(key) && !comesAgain(key)) return;
    buffer.set(key, entry);
    if (buffer.size >= mostBuffered) handOver();
  };
  const remove = (keys: readonly string[]): void => {
    for (const key of keys) buffer.delete(key);
    const known = keys.filter((key) => held.delete(key));
    if (known.length > 0) void level.deleteMany(known);
  };
  return {
    name: level.name,
    isAtOnce: true,
    get: (key) => buffer.get(key) ?? (held.has(key) ? level.get(key) : undefined),
    getMany: (keys) => {
      handOver();
      return level.getMany(keys);
    },
    set,
    // What comes in bulk was chosen: it is kept whether it came before or not.
    setMany: (entries) => {
      for (const [key, entry] of entries) buffer.set(key, entry);
      handOver();
    },
    deleteMany: remove,
    deletePrefix: (prefix) => remove([...held, ...buffer.keys()].filter((key) => key.startsWith(prefix))),
    clear: () => {
      buffer.clear();
      held.clear();
      return level.clear();
    },
    close: () => level.close(),
  };
}
