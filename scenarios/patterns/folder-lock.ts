import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a folder for this system until `release` or the end of the process, however it ends: the lock is the operating
 * system's, taken through SQLite, which has it for every platform. Throws Error when somebody else holds it.
 */
export function lockFolder(folder: string): { readonly release: () => void } {
  const database = new DatabaseSync(join(folder, 'lock.db'));
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  } catch (cause) {
    database.close();
    throw new Error(`Expected ${folder} to be used by no other pattern system, but one has it open.`, {
      cause,
    });
  }
  return { release: () => database.close() };
}
