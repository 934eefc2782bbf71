import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerfkitError, messageOf } from '../../model/errors.ts';

export interface DataFolder {
  readonly path: string;
  /** Remove a temporary one; one that was asked for stays. */
  readonly remove: () => void;
}

// With the host's name: containers that share a folder have process ids of their own.
const prefix = `perfkit-server-${hostname().replaceAll(/[^\w]/g, '_')}-`;

/**
 * The folder that a server keeps its databases in: `path`, made when it is not there, or for null a temporary one.
 * Temporary ones of servers that were killed are removed on this occasion. Throws PerfkitError.
 */
export function openDataFolder(path: string | null, parent: string = tmpdir()): DataFolder {
  if (path !== null) {
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new PerfkitError(
        'io',
        `--data: expected a folder to write to, got ${path}: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    }
    return { path, remove: () => undefined };
  }
  removeAbandoned(parent);
  const temporary = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  return { path: temporary, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-/.exec(name.slice(prefix.length)) ?? []) : [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Somebody else's: theirs to remove.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
