import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PairedRun } from '../../model/paired.ts';

const maxBytes = 64 * 1024 * 1024;

/**
 * Read the document of a paired run: the file, or the folder that holds `paired.json`. Null when there is none there, or
 * something else. Throws PerfkitError when it is one and not sound.
 */
export async function readPaired(path: string): Promise<PairedRun | null> {
  const info = await stat(path).catch(() => null);
  const file = info?.isDirectory() === true ? join(path, 'paired.json') : path;
  const size = (await stat(file).catch(() => null))?.size ?? Infinity;
  if (size > maxBytes) return null;
  const json = parse(await readFile(file, 'utf8').catch(() => ''));
  if (typeof json !== 'object' || json === null || !('schema' in json)) return null;
  if (json.schema !== 'perfkit/paired@1') return null;
  const { parsePaired } = await import('./paired-schema.ts');
  return parsePaired(json, file);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
