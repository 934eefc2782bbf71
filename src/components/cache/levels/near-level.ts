import type { Level, LevelEntry } from './level.ts';

/** A level whose every answer is there at once. */
export interface NearLevel<V> extends Level<V> {
  readonly isAtOnce: true;
  get(key: string): LevelEntry<V> | undefined;
  getMany(keys: readonly string[]): ReadonlyMap<string, LevelEntry<V>>;
  set(key: string, entry: LevelEntry<V>): void;
  setMany(entries: ReadonlyMap<string, LevelEntry<V>>): void;
  deleteMany(keys: readonly string[]): void;
  deletePrefix(prefix: string): void;
  invalidateTag(tag: string): void;
  clear(): void;
  close(): void;
}

/** `getMany` of a level that is asked key by key. */
export function getEach<V>(
  level: Pick<NearLevel<V>, 'get'>,
  keys: readonly string[],
): ReadonlyMap<string, LevelEntry<V>> {
  const found = new Map<string, LevelEntry<V>>();
  for (const key of keys) {
    const entry = level.get(key);
    if (entry !== undefined) found.set(key, entry);
  }
  return found;
}

/**
 * What a level gives for a value that expires at `deadlineMs` (Infinity: never); undefined when that time has come.
 * The value is made only when it has not.
 */
export function unexpired<V>(
  deadlineMs: number,
  nowMs: number,
  value: () => V | undefined,
  tags: readonly string[] | undefined,
): LevelEntry<V> | undefined {
  const leftMs = deadlineMs - nowMs;
  if (leftMs <= 0) return undefined;
  const entry = { value: value(), ttlMs: leftMs === Infinity ? 0 : leftMs };
  return tags === undefined || tags.length === 0 ? entry : { ...entry, tags };
}
