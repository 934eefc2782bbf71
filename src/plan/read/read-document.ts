import { open } from 'node:fs/promises';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { dataDocument } from './document.ts';
import { readModule } from './read-module.ts';
import type { FileHandle } from 'node:fs/promises';
import type { ScenarioDocument } from './document.ts';
import type { Fault } from '../problems/problem.ts';

/**
 * Read a scenario file: YAML (`.yaml`, `.yml`, `.json`) or a module (`.ts`, `.js`, `.mts`, `.mjs`) whose default
 * export is a scenario. Throws PerfkitError when there is nothing to read; mistakes in the text come as faults.
 */
export async function readDocument(
  file: string,
  absolute: string,
): Promise<{ document: ScenarioDocument; faults: readonly Fault[] }> {
  const text = await readText(file, absolute);
  if (/\.(ts|js|mts|mjs)$/.test(absolute)) {
    return { document: dataDocument(file, await readModule(file, absolute)), faults: [] };
  }
  if (!/\.(ya?ml|json)$/.test(absolute)) {
    throw new PerfkitError(
      'scenario',
      `${file}: expected a scenario (*.perfkit.yaml or *.perfkit.ts), got another kind of file`,
    );
  }
  if (text.replace(/^[ \t]*(#.*)?$/gm, '').trim() === '') {
    throw new PerfkitError(
      'scenario',
      `${file}: the scenario is empty: it starts with version, kind and name (the README has two examples)`,
    );
  }
  const { readYaml } = await import('./read-yaml.ts');
  return readYaml(file, text);
}

const maxBytes = 1024 ** 2;

async function readText(file: string, absolute: string): Promise<string> {
  const bytes = await readBytes(file, absolute);
  if (bytes.length > maxBytes)
    throw new PerfkitError('scenario', `${file}: a scenario has at most 1 MiB, this file has more`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PerfkitError(
      'scenario',
      `${file}: expected UTF-8 text, got other bytes: save the file as UTF-8`,
      { cause },
    );
  }
}

/** At most one byte more than allowed is read, whatever size the file claims (it may be a device). */
async function readBytes(file: string, absolute: string): Promise<Uint8Array> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(absolute, 'r');
    const stat = await handle.stat();
    if (stat.isDirectory())
      throw new PerfkitError(
        'scenario',
        `${file}: expected a scenario file, got a folder: name a file in it`,
      );
    if (!stat.isFile())
      throw new PerfkitError('scenario', `${file}: expected a scenario file, got a pipe or device`);
    const buffer = Buffer.alloc(Math.min(stat.size, maxBytes) + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof PerfkitError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = missing
      ? 'no such file: `perfkit list` shows the built-in scenarios'
      : `cannot be read: ${messageOf(error)}`;
    throw new PerfkitError('scenario', `${file}: ${message}`, { cause: error });
  } finally {
    await handle?.close();
  }
}
