import { TunedDatabase } from '../../components/store/index.ts';
import type { ServerConfig } from '../config/server-config.ts';

const schema = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, messages INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
  conversation TEXT NOT NULL, number INTEGER NOT NULL, role TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (conversation, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL UNIQUE, deleted INTEGER NOT NULL, value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/**
 * The database of conversations and of the records to sync. Throws what node:sqlite throws when the file cannot be
 * opened or is none.
 */
export function openAppDatabase(
  path: string,
  { fsync, maxDatabaseBytes }: Pick<ServerConfig, 'fsync' | 'maxDatabaseBytes'>,
): TunedDatabase {
  const database = new TunedDatabase({ path, durability: fsync ? 'power' : 'process' });
  try {
    const pageBytes = Number(database.pragmas().page_size);
    // SQLite answers as on a full disk when the file would grow beyond.
    database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxDatabaseBytes / pageBytes))}`);
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
