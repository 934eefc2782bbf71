import { randomUUID } from 'node:crypto';
import { positiveInteger } from '../internal/option-checks.ts';
import type { SyncChange } from './change-log.ts';
import type { OfflineQueue, OfflineQueueOptions } from './offline-queue.ts';
import { numberOf, textOf } from './sqlite-values.ts';
import { openSyncDatabase } from './sync-database.ts';
import type { SyncDatabaseOptions } from './sync-database.ts';
import { OfflineQueueFullError } from './sync-errors.ts';

// AUTOINCREMENT: a sequence is not given twice, also when the queue was empty meanwhile.
const schema = `
  CREATE TABLE IF NOT EXISTS client (id TEXT NOT NULL, one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
  CREATE TABLE IF NOT EXISTS changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL, json TEXT, base INTEGER) STRICT;
  CREATE INDEX IF NOT EXISTS changes_by_record ON changes (record)`;

/** Changes in a SQLite file that outlive the process. One client, so one process, at a time. */
export function openSqliteOfflineQueue(options: SyncDatabaseOptions & OfflineQueueOptions): OfflineQueue {
  const maxChanges = positiveInteger('maxChanges', options.maxChanges ?? 10_000);
  const database = openSyncDatabase(options, schema);
  database.prepare('INSERT OR IGNORE INTO client VALUES (?, 1)').run(randomUUID());
  const columns = 'sequence, record, json, base';
  const push = database.prepare('INSERT INTO changes (record, json, base) VALUES (?, ?, ?)');
  const first = database.prepare(`SELECT ${columns} FROM changes ORDER BY sequence LIMIT ?`);
  const of = database.prepare(`SELECT ${columns} FROM changes WHERE record = ? ORDER BY sequence`);
  const settle = database.prepare('DELETE FROM changes WHERE sequence <= ?');
  const count = database.prepare('SELECT count(*) AS changes FROM changes');
  // Counted here, for counting rows takes the longer the more there are.
  let size = numberOf(count.get()?.['changes']);
  return {
    clientId: textOf(database.prepare('SELECT id FROM client').get()?.['id']),
    get size() {
      return size;
    },
    push(change) {
      if (size >= maxChanges) throw new OfflineQueueFullError(maxChanges);
      const { lastInsertRowid } = push.run(change.recordId, change.json, change.baseVersion);
      size++;
      return { ...change, sequence: Number(lastInsertRowid) };
    },
    first: (limit) => first.all(positiveInteger('limit', limit)).map(toChange),
    of: (recordId) => of.all(recordId).map(toChange),
    settle(sequence) {
      size -= Number(settle.run(sequence).changes);
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}

function toChange(row: Record<string, unknown>): SyncChange {
  const { json, base } = row;
  return {
    sequence: numberOf(row['sequence']),
    recordId: textOf(row['record']),
    json: json === null ? null : textOf(json),
    baseVersion: base === null ? null : numberOf(base),
  };
}
