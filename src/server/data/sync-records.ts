import { randomBytes } from 'node:crypto';
import type { TunedDatabase } from '../../components/store/index.ts';
import type { Writer } from './writer.ts';

/** A change that a client wants to make. */
export interface RecordChange {
  readonly id: string;
  /** As JSON; null: delete the record. */
  readonly json: string | null;
  /** The version that the client changed; when there is a newer one, that one stays. null: change whatever there is. */
  readonly baseVersion: number | null;
}

/** What came of a client's changes. They have the versions from `first` to `last`, in a row. */
export interface AppliedChanges {
  readonly first: number;
  readonly last: number;
  /** Ids for which there was a newer version. */
  readonly conflicts: readonly string[];
}

export interface RecordRow {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly json: string;
}

/**
 * Records that clients keep copies of. Every change gives its record the next version, a number that only grows; so
 * what changed since a client's last sync is what has a higher version than it has seen.
 */
export interface SyncRecords {
  /** Tells this database from another, whose versions mean nothing here. */
  readonly epoch: string;
  /** The highest version that is committed. */
  readonly version: () => number;
  /** Changed after `version`, in the order of change; deleted ones only if `version` is above 0. */
  readonly changedSince: (version: number, limit: number) => RecordRow[];
  /** Resolves when the changes are committed. */
  readonly apply: (changes: readonly RecordChange[]) => Promise<AppliedChanges>;
}

export function createSyncRecords(database: TunedDatabase, writer: Writer): SyncRecords {
  const epoch = readEpoch(database);
  const highest = (): number =>
    Number(database.get('SELECT max(version) AS version FROM records')?.['version'] ?? 0);
  return {
    epoch,
    // Asked anew: another process may share the database.
    version: highest,
    changedSince: (version, limit) =>
      database
        .all(
          `SELECT id, version, deleted, value FROM records WHERE version > ?
           ${version > 0 ? '' : 'AND deleted = 0'} ORDER BY version LIMIT ?`,
          version,
          limit,
        )
        .map((row) => ({
          id: String(row['id']),
          version: Number(row['version']),
          deleted: row['deleted'] === 1,
          json: String(row['value']),
        })),
    apply: (changes) => writer.write(() => applyAll(database, changes, highest())),
  };
}

function applyAll(database: TunedDatabase, changes: readonly RecordChange[], before: number): AppliedChanges {
  const conflicts: string[] = [];
  let version = before;
  for (const { id, json, baseVersion } of changes) {
    if (baseVersion !== null) {
      const current = database.get('SELECT version FROM records WHERE id = ?', id)?.['version'];
      if (current !== undefined && Number(current) > baseVersion) {
        conflicts.push(id);
        continue;
      }
    }
    database.run(
      `INSERT INTO records (id, version, deleted, value) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       version = excluded.version, deleted = excluded.deleted, value = excluded.value`,
      id,
      ++version,
      json === null ? 1 : 0,
      json ?? 'null',
    );
  }
  return { first: before + 1, last: version, conflicts };
}

function readEpoch(database: TunedDatabase): string {
  const stored = database.get("SELECT value FROM meta WHERE name = 'epoch'")?.['value'];
  if (typeof stored === 'string') return stored;
  const epoch = randomBytes(6).toString('hex');
  database.run("INSERT INTO meta (name, value) VALUES ('epoch', ?)", epoch);
  return epoch;
}
