import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PerfkitError } from '../model/errors.ts';
import { reasonOf } from './system-reason.ts';

/** Make the folder and prove that `files` can be written there, before anything is measured. Throws PerfkitError. */
export async function prepareFolder(folder: string, files: readonly string[] = []): Promise<void> {
  const existing = await stat(folder).catch(() => null);
  if (existing !== null && !existing.isDirectory()) {
    throw new PerfkitError(
      'io',
      `expected a folder for the results, got the file ${folder}: choose another with --out DIR`,
    );
  }
  const probe = join(folder, `.perfkit-${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (error) {
    throw new PerfkitError(
      'io',
      `cannot write results to ${folder}: ${reasonOf(error)}; choose another folder with --out DIR`,
      { cause: error },
    );
  }
  for (const name of files) {
    if ((await stat(join(folder, name)).catch(() => null))?.isDirectory() === true) {
      throw new PerfkitError(
        'io',
        `expected to write the file ${join(folder, name)}, which is a folder: choose another with --out DIR`,
      );
    }
  }
}

/**
 * Replace a file in one step: written beside it, flushed to disk, renamed. A reader sees the old file or the new
 * one, never half of one. Throws PerfkitError; the old file is then untouched.
 */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory() === true) {
    throw new PerfkitError(
      'io',
      `expected a file name to write to, got the folder ${path}: name a file in it`,
    );
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new PerfkitError('io', `cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
