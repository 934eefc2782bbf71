import { join } from 'node:path';
import { openSqliteStore } from 'perfkit/store';
import type { SqliteStore, SqliteStoreOptions } from 'perfkit/store';
import { fillPatternDatabase } from './fill-pattern-database.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

export interface PatternDatabase {
  readonly store: SqliteStore;
  readonly path: string;
  readonly close: () => Promise<void>;
}

/** A store on disk with so many patterns. It goes with all of its files at `close`. */
export async function createPatternDatabase(
  count: number,
  bodyBytes: number,
  options: Omit<SqliteStoreOptions, 'path'> = {},
): Promise<PatternDatabase> {
  const folder = createTemporaryFolder();
  const path = join(folder.path, 'patterns.db');
  try {
    await fillPatternDatabase({ path, count, bodyBytes });
    const store = await openSqliteStore({ ...options, path });
    const close = async (): Promise<void> => {
      await store.close();
      folder.remove();
    };
    return { store, path, close };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
