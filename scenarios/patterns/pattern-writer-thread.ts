import { rmSync } from 'node:fs';
import { openSqliteStore } from 'perfkit/store';
import type { Pattern, SqliteStore } from 'perfkit/store';
import { readSegment } from './write-journal.ts';
import type { JournalRecord } from './write-journal.ts';

// The task functions of the pattern system's writer: a thread with a connection of its own, so that the index pages a
// batch changes, which are most of the work of a write, do not hold up those who read.

interface Context {
  readonly data: { readonly path: string; readonly cacheBytes: number };
}

export interface Applied {
  readonly records: number;
  /** Patterns that were written: records of one pattern are written once, as the last one says. */
  readonly rows: number;
}

let store: Promise<SqliteStore> | null = null;

/**
 * A batch in one transaction, however large it has become while the one before was written: the larger, the fewer pages
 * for each row, and each commit makes the connections that read drop the pages they have cached.
 */
const mostRows = 100_000;
/** 64 MiB of write-ahead log: what a batch of some thousand rows changes in fourteen indexes. */
const autoCheckpointPages = 16_000;

/** Bring a segment's records into the database, then remove the segment. */
export async function applySegment(path: string, { data }: Context): Promise<Applied> {
  store ??= openSqliteStore({
    ...data,
    loopBudgetMs: 60_000,
    transactionRows: mostRows,
    autoCheckpointPages,
  });
  const database = await store;
  const records = readSegment(path);
  const { patterns, confidences } = latestOf(records);
  await database.putMany(patterns);
  await database.updateMany(confidences.map(([id, confidence]) => ({ id, changes: { confidence } })));
  rmSync(path);
  return { records: records.length, rows: patterns.length + confidences.length };
}

export async function closeStore(): Promise<void> {
  await (await store)?.close();
  store = null;
}

/** By id, so that rows beside each other are written after each other. */
function latestOf(records: readonly JournalRecord[]): {
  readonly patterns: readonly Pattern[];
  readonly confidences: readonly (readonly [string, number])[];
} {
  const patterns = new Map<string, Pattern>();
  const confidences = new Map<string, number>();
  for (const record of records) {
    if (record.kind === 'put') {
      patterns.set(record.pattern.id, record.pattern);
      confidences.delete(record.pattern.id);
      continue;
    }
    const { id, confidence } = record;
    const stored = patterns.get(id);
    if (stored === undefined) confidences.set(id, confidence);
    else patterns.set(id, { ...stored, confidence });
  }
  const sorted = <T>(map: ReadonlyMap<string, T>): (readonly [string, T])[] =>
    [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { patterns: sorted(patterns).map(([, pattern]) => pattern), confidences: sorted(confidences) };
}
