import { execFile } from 'node:child_process';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openSqliteStore } from 'perfkit/store';
import type { SqliteStore, SqliteStoreOptions } from 'perfkit/store';
import type { MakeOptions } from './make-patterns.ts';
import type { SeededRandom } from './scenario-context.ts';
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
  random: SeededRandom,
  options: Omit<SqliteStoreOptions, 'path'> = {},
): Promise<PatternDatabase> {
  const folder = createTemporaryFolder();
  const path = join(folder.path, 'patterns.db');
  try {
    await fillPatternDatabase({ path, count, bodyBytes, seed: random.int(2 ** 32) });
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

export interface FillOptions extends MakeOptions {
  readonly path: string;
  readonly count: number;
  readonly bodyBytes: number;
  readonly seed: number;
}

/**
 * Filled by a process of its own, whose heap is not charged to the one that is measured, and without indexes, which are
 * then made at once: half the time of keeping them up row by row. The same seed gives the same patterns.
 */
export async function fillPatternDatabase(options: FillOptions): Promise<void> {
  const script = fileURLToPath(new URL(`./fill-database-child${extname(import.meta.url)}`, import.meta.url));
  // Only warnings and errors are worth seeing.
  await promisify(execFile)(process.execPath, [script, JSON.stringify(options)]);
}
