import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { messageOf } from '../../model/errors.ts';
import { describeValue } from '../problems/printable.ts';
import { isInside } from './module-path.ts';

export interface ProjectFolders {
  /** Of the scenario. */
  readonly folder: string;
  readonly cwd: string;
}

/**
 * Size of a file that a scenario names, in bytes. It must exist and lie, links followed, inside the scenario's folder
 * or the one where perfkit was started, as modules do. What is wrong comes back as text.
 */
export function sizeOfProjectFile(path: string, { folder, cwd }: ProjectFolders): number | string {
  if (isAbsolute(path) || /^[A-Za-z]:[\\/]|^file:/.test(path))
    return `expected a path relative to the scenario, such as "./users.csv", got ${describeValue(path)}`;
  try {
    const real = realpathSync(resolve(folder, path));
    if (!isInside(real, realpathSync(folder)) && !isInside(real, realpathSync(cwd))) {
      return `the file ${describeValue(path)} lies outside the project: it must be below the scenario's folder or the folder where perfkit is started`;
    }
    const found = statSync(real);
    return found.isFile() ? found.size : `expected a file, got a folder: ${describeValue(path)}`;
  } catch {
    return `no such file: ${describeValue(path)}, looked for it beside the scenario`;
  }
}

/** The first bytes of a file that was checked; what is wrong comes back as an Error. */
export function beginningOf(path: string, folder: string, maxBytes: number): Buffer | Error {
  try {
    const file = openSync(resolve(folder, path), 'r');
    try {
      const bytes = Buffer.alloc(maxBytes);
      let length = 0;
      for (let read = -1; read !== 0 && length < maxBytes; length += read)
        read = readSync(file, bytes, length, maxBytes - length, length);
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return new Error(`cannot read ${describeValue(path)}: ${messageOf(error)}`);
  }
}
