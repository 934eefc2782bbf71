import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, PerfkitError } from '../../../model/errors.ts';
import type { FilePlan } from '../../../model/exchange-plan.ts';

/**
 * A file that a step sends, whole. The planner has checked where it lies; it must still be as long as it was then, so
 * that a file that grows cannot fill the memory. Throws PerfkitError.
 */
export function readProjectFile({ path, bytes }: FilePlan, folder: string, where: string): Buffer {
  try {
    const file = openSync(resolve(folder, path), 'r');
    try {
      const { size } = fstatSync(file);
      if (size !== bytes) {
        throw new PerfkitError(
          'io',
          `${where}: ${path} has changed since the run was planned (it had ${bytes} bytes and has ${size}): run again`,
        );
      }
      const content = Buffer.allocUnsafeSlow(size);
      let filled = 0;
      while (filled < size) {
        const read = readSync(file, content, filled, size - filled, filled);
        if (read === 0) throw new PerfkitError('io', `${where}: ${path} became shorter while it was read`);
        filled += read;
      }
      return content;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof PerfkitError) throw error;
    throw new PerfkitError('io', `${where}: cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
