import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { isRunning } from './is-running.ts';
import { lockFolder } from './lock-folder.ts';

export interface DataFolder {
  readonly path: string;
  /** Remove a temporary one; one that was asked for stays, free for the next server. */
  readonly remove: () => void;
}

// With the host's name: containers that share a folder have process ids of their own.
const prefix = `perfkit-server-${hostname().replaceAll(/[^\w]/g, '_')}-`;

/**
 * The folder that a server keeps its databases in: `path`, made when it is not there, or for null a temporary one. No other
 * server may use it meanwhile.
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
    return { path, remove: lockFolder(path) };
  }
  const temporary = makeTemporary(parent);
  return { path: temporary, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}

function makeTemporary(parent: string): string {
  try {
    removeAbandoned(parent);
    return mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  } catch (error) {
    throw new PerfkitError(
      'io',
      `Expected a folder for temporary data in ${parent}: ${messageOf(error)}. Set TMPDIR or --data to one that can be written to.`,
      { cause: error },
    );
  }
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
