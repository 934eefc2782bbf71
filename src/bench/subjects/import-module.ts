import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { importPackage } from './import-package.ts';

/** What a module exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * Import a user's module, a path relative to the scenario's folder, or a package as that folder finds it. Throws
 * PerfkitError when there is no such file or it does not load; the message says why, without a stack.
 */
export async function importModule(module: string, folder: string): Promise<Exports> {
  if (!isAbsolute(module) && !/^\.\.?[\\/]/.test(module)) return importPackage(module, folder);
  const path = isAbsolute(module) ? module : resolve(folder, module);
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new PerfkitError(
      'target',
      `no such module: ${module} (looked in ${folder}); write the path relative to the scenario, with its extension`,
    );
  }
  try {
    const exports: Exports = await import(builtFile(pathToFileURL(path).href));
    return exports;
  } catch (error) {
    throw new PerfkitError('target', `cannot load ${module}: ${messageOf(error)}${hintFor(error)}`, {
      cause: error,
    });
  }
}

const ownScenarios = new URL('../../../scenarios/', import.meta.url).href;
const builtScenarios = new URL('../../scenarios/', import.meta.url).href;

/** Node strips no types below node_modules: in an installed perfkit its own subjects come from the build. */
function builtFile(href: string): string {
  if (!import.meta.url.endsWith('.js') || !href.startsWith(ownScenarios)) return href;
  return href.replace(ownScenarios, builtScenarios).replace(/\.ts$/, '.js');
}

/** An export by name. Throws PerfkitError that lists what there is. */
export function exportOf(exports: Exports, name: string, module: string): unknown {
  if (Object.hasOwn(exports, name)) return exports[name];
  const names = Object.keys(exports);
  const there = names.length === 0 ? 'it exports nothing' : `it exports ${names.slice(0, 20).join(', ')}`;
  throw new PerfkitError('target', `${module} has no export "${name}": ${there}`);
}

function hintFor(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return ' (Node only strips types: enum, namespace and parameter properties do not run)';
  if (code === 'ERR_MODULE_NOT_FOUND')
    return ' (an import needs its extension, and a package must be installed)';
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return ' (use .js, .mjs, .ts or .mts)';
  return '';
}
