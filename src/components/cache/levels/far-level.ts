import type { Level, LevelEntry } from './level.ts';
import { MissingLevelDriverError } from './level-errors.ts';

/** What a level beyond this process can do; one entry is a list of one. */
export interface FarStore<V> {
  getMany(keys: readonly string[]): Promise<ReadonlyMap<string, LevelEntry<V>>>;
  setMany(entries: ReadonlyMap<string, LevelEntry<V>>): Promise<void>;
  deleteMany(keys: readonly string[]): Promise<void>;
  deletePrefix(prefix: string): Promise<void>;
  invalidateTag(tag: string): Promise<void>;
  clear(): Promise<void>;
}

interface Connection {
  /** Rejects when the server cannot be used. */
  readonly open: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
  /** Whether the level opened the connection, and so closes it. */
  readonly isOwned: boolean;
}

/** A level over a store whose server answers now; rejects, with the connection closed again, when it does not. */
export async function openFarLevel<V>(
  name: string,
  store: FarStore<V>,
  { open, close, isOwned }: Connection,
): Promise<Level<V>> {
  const end = async (): Promise<void> => {
    if (isOwned) await close();
  };
  try {
    await open();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    name,
    isAtOnce: false,
    get: async (key) => (await store.getMany([key])).get(key),
    getMany: (keys) => store.getMany(keys),
    set: (key, entry) => store.setMany(new Map([[key, entry]])),
    setMany: (entries) => store.setMany(entries),
    deleteMany: (keys) => store.deleteMany(keys),
    deletePrefix: (prefix) => store.deletePrefix(prefix),
    invalidateTag: (tag) => store.invalidateTag(tag),
    clear: () => store.clear(),
    close: end,
  };
}

/** An optional package; rejects with MissingLevelDriverError when it is not installed. */
export async function loadDriver<D>(packageName: string, load: () => Promise<D>): Promise<D> {
  try {
    return await load();
  } catch (cause) {
    throw new MissingLevelDriverError(packageName, { cause });
  }
}
