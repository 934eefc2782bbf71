import { closeSync, openSync, rmSync } from 'node:fs';
import { openSqliteStore } from 'perfkit/store';
import type { SqliteStore } from 'perfkit/store';
import { confidenceKind, putKind, readSegment } from './journal-format.ts';
import { JournalledPattern } from './journalled-pattern.ts';
import { decodePattern } from './pattern-codec.ts';

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
/** 12 MiB of write-ahead log: who reads a page looks it up in the log first, in one table for each 4,096 pages of it. */
const autoCheckpointPages = 3_000;

/** Opens the database, and makes its table and indexes when they are not there. */
export async function openStore(_: unknown, { data }: Context): Promise<void> {
  await opened(data);
}

/** Bring a segment's records into the database, then remove the segment. */
export async function applySegment(path: string, { data }: Context): Promise<Applied> {
  const database = await opened(data);
  const { records, latest } = latestOf(path);
  const file = openSync(path, 'r');
  try {
    const { patterns, confidences } = inOrder(file, latest);
    await database.putMany(patterns);
    await database.updateMany(confidences);
  } finally {
    closeSync(file);
  }
  rmSync(path);
  return { records, rows: latest.size };
}

export async function closeStore(): Promise<void> {
  const closing = store;
  store = null;
  await (await closing)?.close();
}

async function opened(data: Context['data']): Promise<SqliteStore> {
  store ??= openSqliteStore({
    ...data,
    mmapBytes: 0,
    loopBudgetMs: 60_000,
    transactionRows: mostRows,
    autoCheckpointPages,
  });
  try {
    return await store;
  } catch (error) {
    // The next one tries again.
    store = null;
    throw error;
  }
}

/** What a segment says of a pattern in the end. */
interface Latest {
  /** Of the last `put`: where its payload is in the file; 0 bytes when there is none. */
  at: number;
  bytes: number;
  /** Of a later record; NaN when there is none. */
  confidence: number;
}

/** Only where it is: most records are overtaken by a later one of the same pattern. */
function latestOf(path: string): { readonly records: number; readonly latest: ReadonlyMap<string, Latest> } {
  const latest = new Map<string, Latest>();
  let records = 0;
  for (const { payload, at } of readSegment(path)) {
    records++;
    const kind = payload[0];
    if (kind === putKind) {
      latest.set(decodePattern(payload.subarray(1)).id, { at, bytes: payload.length, confidence: NaN });
    } else if (kind === confidenceKind) {
      const id = payload.toString('utf8', 9);
      const confidence = payload.readDoubleLE(1);
      const known = latest.get(id);
      if (known === undefined) latest.set(id, { at, bytes: 0, confidence });
      else known.confidence = confidence;
    } else {
      throw new RangeError(
        `Expected a journal record of kind ${putKind} or ${confidenceKind}, got ${kind} in ${path}`,
      );
    }
  }
  return { records, latest };
}

/** By id, so that rows beside each other are written after each other. */
function inOrder(file: number, latest: ReadonlyMap<string, Latest>) {
  const patterns: JournalledPattern[] = [];
  const confidences: { id: string; changes: { confidence: number } }[] = [];
  for (const [id, { at, bytes, confidence }] of [...latest].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (bytes === 0) confidences.push({ id, changes: { confidence } });
    else patterns.push(new JournalledPattern(file, id, at, bytes, confidence));
  }
  return { patterns, confidences };
}
