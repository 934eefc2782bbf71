import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CapacitiesResult } from '../../model/capacities.ts';
import type { CapacityResult } from '../../model/capacity.ts';

const maxBytes = 64 * 1024 * 1024;

/**
 * Read the document of a capacity search: the file, or the folder that holds `capacity.json`. Null when there is none
 * there, or something else. Throws PerfkitError when it is one and not sound.
 */
export async function readCapacity(path: string): Promise<CapacityResult | null> {
  const found = await readOf('perfkit/capacity@1', path);
  if (found === null) return null;
  const { parseCapacity } = await import('./capacity-schema.ts');
  return parseCapacity(found.json, found.file);
}

/** The same for the searches of several subjects. */
export async function readCapacities(path: string): Promise<CapacitiesResult | null> {
  const found = await readOf('perfkit/capacities@1', path);
  if (found === null) return null;
  const { parseCapacities } = await import('./capacities-schema.ts');
  return parseCapacities(found.json, found.file);
}

async function readOf(
  schema: string,
  path: string,
): Promise<{ readonly json: unknown; readonly file: string } | null> {
  const info = await stat(path).catch(() => null);
  const file = info?.isDirectory() === true ? join(path, 'capacity.json') : path;
  const size = (await stat(file).catch(() => null))?.size ?? Infinity;
  if (size > maxBytes) return null;
  const json = parse(await readFile(file, 'utf8').catch(() => ''));
  if (typeof json !== 'object' || json === null || !('schema' in json)) return null;
  return json.schema === schema ? { json, file } : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
