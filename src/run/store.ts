import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PerfkitError, messageOf } from '../model/errors.ts';
import type { RunResult, SuiteResult } from '../model/result.ts';

const maxResultBytes = 512 * 1024 * 1024;

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

/** Read a result or suite document: a file, or the folder of a run. Throws PerfkitError on anything else. */
export async function readResult(path: string): Promise<RunResult | SuiteResult> {
  const info = await stat(path).catch((error: unknown) => {
    throw new PerfkitError('result', `cannot read the result ${path}: ${reasonOf(error)}`, { cause: error });
  });
  const file = info.isDirectory() ? join(path, 'result.json') : path;
  const text = await readText(file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PerfkitError('result', `expected a JSON document in ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const { parseResult } = await import('./result-schema.ts');
  return parseResult(json, file);
}

async function readText(file: string): Promise<string> {
  const info = await stat(file).catch((error: unknown) => {
    throw new PerfkitError('result', `cannot read the result ${file}: ${reasonOf(error)}`, { cause: error });
  });
  if (!info.isFile()) throw new PerfkitError('result', `expected a file, got something else: ${file}`);
  if (info.size > maxResultBytes) {
    throw new PerfkitError(
      'result',
      `${file} has ${info.size} bytes; a result has at most ${maxResultBytes}`,
    );
  }
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new PerfkitError('result', `cannot read the result ${file}: ${reasonOf(error)}`, { cause: error });
  });
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return systemReasons[code] ?? messageOf(error);
}
