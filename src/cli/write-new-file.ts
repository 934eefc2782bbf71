import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PerfkitError, messageOf } from '../model/errors.ts';

/**
 * Write a file that is not there: one that is stays as it is, unless `force` is set (`wx` leaves no moment in between).
 * `folders`: make the folders above it. Throws PerfkitError.
 */
export async function writeNewFile(
  file: string,
  text: string,
  { force = false, folders = false }: { readonly force?: boolean; readonly folders?: boolean } = {},
): Promise<void> {
  try {
    if (folders) await mkdir(dirname(file), { recursive: true });
    if (force) {
      const { writeFileAtomic } = await import('../index.ts');
      await writeFileAtomic(file, text);
    } else {
      await writeFile(file, text, { flag: 'wx' });
    }
  } catch (cause) {
    if (cause instanceof PerfkitError) throw cause;
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new PerfkitError(
      'io',
      exists
        ? `${file} is there already: --force overwrites it`
        : `cannot write ${file}: ${messageOf(cause)}`,
      { cause },
    );
  }
}
