import { open } from 'node:fs/promises';
import { PerfkitError, messageOf } from '../../model/errors.ts';

const maxBytes = 64 * 1024 ** 2;

/** The UTF-8 text of a file, or of standard input for `-`; at most 64 MiB. Throws PerfkitError. */
export async function readImportText(
  path: string,
  stdin: AsyncIterable<unknown> = process.stdin,
): Promise<string> {
  const bytes = path === '-' ? await readAll(stdin) : await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PerfkitError('scenario', `${nameOf(path)}: expected UTF-8 text, got other bytes`, { cause });
  }
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const info = await file.stat();
      if (info.isDirectory())
        throw new PerfkitError('io', `${path}: expected a file to import, got a folder`);
      return await readAll(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof PerfkitError) throw cause;
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new PerfkitError(
      'io',
      `${path}: ${missing ? 'no such file' : `cannot be read: ${messageOf(cause)}`}`,
      { cause },
    );
  }
}

/** Stops at the limit, whatever size a file claims: it may be a device. */
async function readAll(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const data = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    bytes += data.byteLength;
    if (bytes > maxBytes)
      throw new PerfkitError('scenario', 'expected at most 64 MiB to import: record less, or cut the file');
    chunks.push(data);
  }
  return Buffer.concat(chunks);
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}
