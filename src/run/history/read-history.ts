import { readFile, stat } from 'node:fs/promises';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { printable } from '../../plan/problems/printable.ts';
import { canonicalJson } from '../../plan/resolve/hash-plan.ts';
import { reasonOf } from '../system-reason.ts';
import { parseEntry } from './history-schema.ts';
import type { HistoryEntry } from '../../model/history.ts';

/** Twenty thousand runs; lines are some kilobytes. */
export const maxHistoryBytes = 32 * 1024 * 1024;
export const maxLineBytes = 64 * 1024;

export interface History {
  /** In the order of the file, each run once. */
  readonly entries: readonly HistoryEntry[];
  /** What was passed over, for people. */
  readonly notes: readonly string[];
  /** Where the last line begins when it was torn off in the middle; null when it was not. */
  readonly tornAt: number | null;
  readonly bytes: number;
  /** The file ends with a line break, or is empty. */
  readonly ended: boolean;
}

/**
 * Read a history: a JSON line a run, in any order. Lines that are there twice count once, a last line that was torn off
 * is passed over, and both are told. Throws PerfkitError, with file and line, on anything else that is no entry, and when
 * the file is missing or larger than 32 MiB.
 */
export async function readHistory(file: string): Promise<History> {
  const data = await readData(file);
  const text = data.toString('utf8');
  const entries = new Map<string, HistoryEntry>();
  const notes: string[] = [];
  let twice = 0;
  let unlike = 0;
  let tornAt: number | null = null;
  let number = 0;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).trim();
    number++;
    start = end + 1;
    if (line === '') continue;
    const read = readLine(line);
    if (typeof read === 'string') {
      // complete lines end with a line break: this one was cut while it was written
      if (newline !== -1) throw new PerfkitError('result', `${file}:${number}: ${printable(read, 300)}`);
      tornAt = data.lastIndexOf(0x0a) + 1;
      notes.push(`the last line (${number}) was torn off, and is passed over`);
      continue;
    }
    const before = entries.get(identityOf(read));
    if (before === undefined) entries.set(identityOf(read), read);
    else if (canonicalJson(before) === canonicalJson(read)) twice++;
    else unlike++;
  }
  if (twice > 0) notes.push(`${twice} ${twice === 1 ? 'line is' : 'lines are'} there twice`);
  if (unlike > 0)
    notes.push(
      `${unlike} ${unlike === 1 ? 'line tells' : 'lines tell'} a run differently from an earlier line, which counts`,
    );
  return {
    entries: [...entries.values()],
    notes,
    tornAt,
    bytes: data.length,
    ended: text === '' || text.endsWith('\n'),
  };
}

/** What makes two lines the same run. */
export function identityOf({ scenario, started, fingerprint, hash }: HistoryEntry): string {
  return JSON.stringify([scenario, started, fingerprint, hash]);
}

function readLine(line: string): HistoryEntry | string {
  if (line.length > maxLineBytes) return `the line has ${line.length} characters; at most ${maxLineBytes}`;
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line))
    return 'a merge conflict: keep the lines of both sides (and see merge=union in perfkit history --help)';
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return `expected a line of JSON: ${messageOf(error)}`;
  }
  const version = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (version !== 'perfkit/history@1') {
    const came = typeof version === 'string' ? JSON.stringify(version.slice(0, 100)) : 'none';
    return `expected an entry of a history ("schema": "perfkit/history@1"), got the schema ${came}`;
  }
  const entry = parseEntry(json);
  return typeof entry === 'string' ? `no valid entry of a history: ${entry}` : entry;
}

async function readData(file: string): Promise<Buffer> {
  try {
    const info = await stat(file);
    if (!info.isFile()) throw new PerfkitError('result', `expected a history, got no file: ${file}`);
    if (info.size > maxHistoryBytes)
      throw new PerfkitError(
        'result',
        `the history ${file} has ${info.size} bytes; at most ${maxHistoryBytes}: move its oldest lines to another file`,
      );
    return await readFile(file);
  } catch (error) {
    if (error instanceof PerfkitError) throw error;
    throw new PerfkitError(
      'result',
      `cannot read the history ${file}: ${reasonOf(error)}; perfkit history add RESULT begins one`,
      { cause: error },
    );
  }
}
