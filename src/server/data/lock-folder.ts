import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { isRunning } from './is-running.ts';

/** Who holds a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as its system counts; '' where that cannot be known. Process ids are used again. */
  readonly began: string;
}

const lockName = 'perfkit-server.lock';
const mostAttempts = 5;

/**
 * Keep other servers out of a folder until the function that this gives is called. The lock of a process that has ended
 * is taken over. Throws PerfkitError when another one holds it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, lockName);
  const own = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    began: beginOf(process.pid),
  } satisfies Holder);
  const draft = `${path}.${process.pid}`;
  try {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      writeFileSync(draft, own);
      try {
        // Made with its content in one step, so nobody sees it half written; and only when there is none.
        linkSync(draft, path);
        return () => unlock(path, own);
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      } finally {
        rmSync(draft, { force: true });
      }
      removeAbandoned(path, draft);
    }
  } catch (error) {
    if (error instanceof PerfkitError) throw error;
    throw new PerfkitError(
      'io',
      `--data: expected a folder to write to, got ${folder}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  throw new PerfkitError(
    'io',
    `--data: expected ${path} to be free, but others take it again and again; try once more`,
  );
}

/** Throws PerfkitError when its holder runs. */
function removeAbandoned(path: string, draft: string): void {
  const text = readLock(path);
  if (text === null) return;
  const holder = parseHolder(text);
  if (holder === null || holder.host !== hostname()) {
    const who = holder === null ? 'somebody' : `process ${holder.pid} on ${holder.host}`;
    throw new PerfkitError(
      'io',
      `--data: expected a folder that no other server uses, but ${who} holds ${path}; if there is no such server, remove that file`,
    );
  }
  if (isRunning(holder.pid) && holder.began === beginOf(holder.pid)) {
    throw new PerfkitError(
      'io',
      `--data: expected a folder that no other server uses, but process ${holder.pid} serves from it (${path}); stop that one, or give another folder`,
    );
  }
  // Moved and then looked at: between reading and removing, another one may have taken it over already.
  const moved = `${draft}.old`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readLock(moved) !== text) {
    try {
      linkSync(moved, path);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
  rmSync(moved, { force: true });
}

function unlock(path: string, own: string): void {
  if (readLock(path) === own) rmSync(path, { force: true });
}

function readLock(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text.slice(0, 1_000));
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 0 &&
    'host' in value &&
    typeof value.host === 'string' &&
    'began' in value &&
    typeof value.began === 'string'
  );
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks from the boot until it began. */
function beginOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may have spaces and brackets in it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
