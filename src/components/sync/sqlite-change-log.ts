import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { checkedAppend, checkedChanges } from './check-changes.ts';
import type { ChangeLog, ChangeLogStats, ChangeOutcome, RecordState, SyncChange } from './change-log.ts';
import { mayApply } from './decide-change.ts';
import { numberOf, textOf } from './sqlite-values.ts';
import { inTransaction, openSyncDatabase } from './sync-database.ts';
import type { SyncDatabaseOptions } from './sync-database.ts';
import { SequenceGapError } from './sync-errors.ts';

/**
 * A change log in a SQLite database (node:sqlite, which is synchronous): each `append` is one transaction. One process
 * at a time is best; another one's changes are seen, its lock is waited for.
 */
export function openSqliteChangeLog(options: SyncDatabaseOptions): ChangeLog {
  return new SqliteChangeLog(openSyncDatabase(options, schema));
}

const schema = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, origin TEXT NOT NULL, json TEXT) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS records_by_version ON records (version);
  CREATE INDEX IF NOT EXISTS tombstones_by_version ON records (version) WHERE json IS NULL;
  CREATE TABLE IF NOT EXISTS clients (id TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outcomes (
    client TEXT, last INTEGER, outcomes TEXT NOT NULL, PRIMARY KEY (client, last)) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO meta VALUES ('version', 0), ('floor', 0)`;

class SqliteChangeLog implements ChangeLog {
  readonly epoch: string;
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = prepareStatements(database);
    database.prepare("INSERT OR IGNORE INTO meta VALUES ('epoch', ?)").run(randomBytes(6).toString('hex'));
    this.epoch = textOf(this.#sql.meta.get('epoch')?.['value']);
  }

  version(): number {
    return this.#meta('version');
  }

  floor(): number {
    return this.#meta('floor');
  }

  append(clientId: string, changes: readonly SyncChange[]): ChangeOutcome[] {
    checkedAppend(clientId, changes);
    const [first] = changes;
    if (first === undefined) return [];
    return inTransaction(this.#database, () => {
      const row = this.#sql.client.get(clientId);
      const last = row === undefined ? first.sequence - 1 : numberOf(row['last']);
      if (first.sequence > last + 1) throw new SequenceGapError(clientId, last + 1, first.sequence);
      this.#sql.forget.run(clientId, first.sequence);
      const settled = first.sequence > last ? [] : this.#settled(clientId);
      const made: ChangeOutcome[] = [];
      let version = this.version();
      const outcomes = changes.map((change): ChangeOutcome => {
        const { sequence } = change;
        if (sequence <= last) {
          const known = settled.find((outcome) => outcome.sequence === sequence);
          return known ?? { sequence, state: 'forgotten', version: 0 };
        }
        const outcome = this.#apply(clientId, change, version + 1);
        if (outcome.state === 'applied') version = outcome.version;
        made.push(outcome);
        return outcome;
      });
      // A row for them all: one each would take a third of the time of a batch.
      if (made.length > 0) this.#sql.settle.run(clientId, made.at(-1)?.sequence ?? 0, JSON.stringify(made));
      this.#sql.setMeta.run(version, 'version');
      this.#sql.advance.run(clientId, Math.max(last, first.sequence + changes.length - 1));
      return outcomes;
    });
  }

  since(version: number, limit: number): RecordState[] {
    const { from, most } = checkedChanges(version, limit);
    return this.#sql.since.all(from, most).map(toState);
  }

  get(recordId: string): RecordState | undefined {
    const row = this.#sql.record.get(recordId);
    return row === undefined || row['json'] === null ? undefined : toState(row);
  }

  compact(version: number): number {
    const { from } = checkedChanges(version, 1);
    return inTransaction(this.#database, () => {
      const upTo = Math.min(from, this.version());
      const { changes } = this.#sql.compact.run(upTo);
      this.#sql.setMeta.run(Math.max(upTo, this.floor()), 'floor');
      return Number(changes);
    });
  }

  stats(): ChangeLogStats {
    const row = this.#sql.stats.get() ?? {};
    return {
      records: numberOf(row['records']),
      tombstones: numberOf(row['tombstones']),
      clients: numberOf(row['clients']),
    };
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #apply(clientId: string, change: SyncChange, version: number): ChangeOutcome {
    const { sequence, recordId, json } = change;
    if (change.baseVersion !== null) {
      const row = this.#sql.record.get(recordId);
      const current = row && { version: numberOf(row['version']), origin: textOf(row['origin']) };
      if (current !== undefined && !mayApply(change, clientId, current)) {
        return { sequence, state: 'conflict', version: current.version };
      }
    }
    this.#sql.write.run(recordId, version, clientId, json);
    return { sequence, state: 'applied', version };
  }

  #settled(clientId: string): ChangeOutcome[] {
    return this.#sql.settled.all(clientId).flatMap((row) => outcomesOf(textOf(row['outcomes'])));
  }

  #meta(name: 'version' | 'floor'): number {
    return numberOf(this.#sql.meta.get(name)?.['value']);
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    meta: database.prepare('SELECT value FROM meta WHERE name = ?'),
    setMeta: database.prepare('UPDATE meta SET value = ? WHERE name = ?'),
    record: database.prepare('SELECT id, version, origin, json FROM records WHERE id = ?'),
    since: database.prepare(
      'SELECT id, version, json FROM records WHERE version > ? ORDER BY version LIMIT ?',
    ),
    write: database.prepare(
      `INSERT INTO records VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       version = excluded.version, origin = excluded.origin, json = excluded.json`,
    ),
    client: database.prepare('SELECT last FROM clients WHERE id = ?'),
    advance: database.prepare(
      'INSERT INTO clients VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET last = excluded.last',
    ),
    settle: database.prepare('INSERT INTO outcomes VALUES (?, ?, ?)'),
    settled: database.prepare('SELECT outcomes FROM outcomes WHERE client = ? ORDER BY last'),
    forget: database.prepare('DELETE FROM outcomes WHERE client = ? AND last < ?'),
    compact: database.prepare('DELETE FROM records WHERE json IS NULL AND version <= ?'),
    stats: database.prepare(
      `SELECT count(json) AS records, count(*) - count(json) AS tombstones,
       (SELECT count(*) FROM clients) AS clients FROM records`,
    ),
  };
}

function toState(row: Record<string, unknown>): RecordState {
  const { json } = row;
  return {
    recordId: textOf(row['id']),
    version: numberOf(row['version']),
    json: json === null ? null : textOf(json),
  };
}

/** Written by this file alone. Throws TypeError for another program's. */
function outcomesOf(json: string): ChangeOutcome[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) throw new TypeError('Expected a list of outcomes in the database.');
  return list.map((item: Record<string, unknown>) => ({
    sequence: numberOf(item['sequence']),
    state: item['state'] === 'conflict' ? 'conflict' : 'applied',
    version: numberOf(item['version']),
  }));
}
