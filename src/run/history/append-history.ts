import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PerfkitError } from '../../model/errors.ts';
import { canonicalJson } from '../../plan/resolve/hash-plan.ts';
import { reasonOf } from '../system-reason.ts';
import { identityOf, maxHistoryBytes, maxLineBytes, readHistory } from './read-history.ts';
import type { HistoryEntry } from '../../model/history.ts';
import type { History } from './read-history.ts';

export interface Appended {
  readonly added: readonly HistoryEntry[];
  /** Runs that the history had already. */
  readonly known: readonly HistoryEntry[];
}

/**
 * Add runs at the end of a history, which is made with its folder when it is missing: a line each, keys sorted, in one
 * write. Runs that are there already stay as they are. A last line that was torn off is removed first. Throws
 * PerfkitError when the file cannot be read or written, or would be too large.
 */
export async function appendHistory(file: string, entries: readonly HistoryEntry[]): Promise<Appended> {
  const history = (await exists(file)) ? await readHistory(file) : empty;
  const there = new Set(history.entries.map(identityOf));
  const added: HistoryEntry[] = [];
  const known: HistoryEntry[] = [];
  for (const entry of entries) {
    const identity = identityOf(entry);
    (there.has(identity) ? known : added).push(entry);
    there.add(identity);
  }
  if (added.length === 0) return { added, known };
  const text = added.map((entry) => lineOf(entry)).join('');
  if (history.bytes + Buffer.byteLength(text) > maxHistoryBytes)
    throw new PerfkitError(
      'io',
      `the history ${file} would be larger than ${maxHistoryBytes} bytes: move its oldest lines to another file`,
    );
  try {
    await mkdir(dirname(file), { recursive: true });
    await write(file, history, text);
  } catch (error) {
    throw new PerfkitError('io', `cannot add to the history ${file}: ${reasonOf(error)}`, { cause: error });
  }
  return { added, known };
}

const empty: History = { entries: [], notes: [], tornAt: null, bytes: 0, ended: true };

function lineOf(entry: HistoryEntry): string {
  const line = canonicalJson(entry);
  if (Buffer.byteLength(line) <= maxLineBytes) return `${line}\n`;
  throw new PerfkitError(
    'io',
    `the run of ${entry.scenario} would be a line of ${Buffer.byteLength(line)} bytes; at most ${maxLineBytes}: its names are too long`,
  );
}

/** At the end, whoever else writes there meanwhile. */
async function write(file: string, { tornAt, ended }: History, text: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    if (tornAt !== null) await handle.truncate(tornAt);
    await handle.appendFile(tornAt === null && !ended ? `\n${text}` : text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Anything there that is not a history is for `readHistory` to refuse. */
async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}
