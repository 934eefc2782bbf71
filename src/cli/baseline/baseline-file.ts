import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PerfkitError } from '../../model/errors.ts';

/** Where baselines are kept; the folder is meant to be committed. */
export const baselineFolder = join('reports', 'baselines');

/** The file of a baseline. Throws PerfkitError when the name is not fit for one. */
export function baselineFileOf(name: string): string {
  if (!/^\w[\w.-]{0,79}$/.test(name)) {
    throw new PerfkitError(
      'usage',
      `expected a name of letters, digits, ".", "_" and "-" for the baseline, got ${JSON.stringify(name.slice(0, 100))}`,
    );
  }
  return join(baselineFolder, `${name}.json`);
}

/** The path of a result: a file or folder as it is written, else the baseline of that name. Throws PerfkitError. */
export async function findResult(fileOrName: string): Promise<string> {
  if (await exists(fileOrName)) return fileOrName;
  if (/^\w[\w.-]{0,79}$/.test(fileOrName)) {
    const file = baselineFileOf(fileOrName);
    if (await exists(file)) return file;
  }
  const names = await baselineNames();
  const known = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
  throw new PerfkitError(
    'result',
    `expected a result (a file, or the folder of a run) or the name of a baseline in ${baselineFolder} (${known}), got ${JSON.stringify(fileOrName.slice(0, 300))}`,
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function baselineNames(): Promise<string[]> {
  const files = await readdir(baselineFolder).catch(() => []);
  return files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : [])).slice(0, 50);
}
