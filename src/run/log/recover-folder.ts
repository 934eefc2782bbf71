import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLogHeader } from './read-log.ts';
import type { RunResult } from '../../model/result.ts';

/** A command runs at most a few dozen scenarios. */
const maxLogs = 1000;

/**
 * The logs in a run's folder that its saved results (if any) do not cover, in the order in which the runs started:
 * those of a command that was killed. `saved` and `results` say when the saved document's command started, and what
 * it holds. Empty when everything was saved. Throws PerfkitError on a file that is no log.
 */
export async function unsavedLogs(folder: string, saved: SavedDocument | null): Promise<UnsavedLogs> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.hlog')).slice(0, maxLogs);
  const logs: Log[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const header = await readLogHeader(file);
    if (header !== null)
      logs.push({ file, command: header.command, key: keyOf(header.scenario.name, header.started) });
  }
  // a folder that was used twice holds the logs of both commands
  const command = logs.reduce((last, log) => (log.command > last ? log.command : last), '');
  const latest = logs.filter((log) => log.command === command).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const keys = new Set(saved?.results.map((result) => keyOf(result.scenario.name, result.started)));
  const sameCommand = latest.some((log) => keys.has(log.key));
  if (saved !== null && !sameCommand && saved.started >= command) return { files: [], keepsSaved: true };
  return {
    files: latest.filter((log) => !keys.has(log.key)).map((log) => log.file),
    keepsSaved: sameCommand,
  };
}

export interface SavedDocument {
  readonly started: string;
  readonly results: readonly RunResult[];
}

export interface UnsavedLogs {
  readonly files: readonly string[];
  /** Whether the saved document belongs to the same command, and not to one before it. */
  readonly keepsSaved: boolean;
}

interface Log {
  readonly file: string;
  readonly command: string;
  readonly key: string;
}

/** Sorts by time. */
function keyOf(name: string, started: string): string {
  return `${started} ${name}`;
}
