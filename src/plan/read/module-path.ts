import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { didYouMean } from '../problems/did-you-mean.ts';
import { describeValue, printable } from '../problems/printable.ts';

export interface ModuleReference {
  /** As written, relative to the scenario's folder. */
  readonly module: string;
  readonly export: string;
}

/** Whether `use:` means a module and not a driver. */
export function isModulePath(text: string): boolean {
  return /^[./\\]|^[A-Za-z]:[\\/]|^file:/.test(text) || text.includes('#');
}

/** A package's export, `name#export`, `@scope/name/part#export`; null for what is written otherwise. */
export function splitPackage(text: string): ModuleReference | null {
  const [, module, name] = packagePattern.exec(text) ?? [];
  return module === undefined || name === undefined ? null : { module, export: name };
}

/** A name without an ending of TypeScript: `parse.ts#parse` lacks its `./`. */
const packagePattern =
  /^((?:@[a-z\d~-][\w.~-]*\/)?[a-z\d~-][\w.~-]*(?:\/[\w~-][\w.~-]*){0,10})(?<!\.[cm]?ts)#([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;

/**
 * Split `./file.ts#export` and check that the file exists and lies, links followed, inside the folder where perfkit
 * was started or the scenario's own. Returns what is wrong as text.
 */
export async function resolveModule(
  text: string,
  folder: string,
  cwd: string,
): Promise<ModuleReference | string> {
  const reference = splitModule(text);
  if (typeof reference === 'string') return reference;
  return (await fileFault(reference.module, folder, cwd)) ?? reference;
}

/** Split `./file.ts#export`; returns what is wrong as text. Says nothing of whether there is such a file. */
export function splitModule(text: string): ModuleReference | string {
  const hash = text.lastIndexOf('#');
  const module = hash === -1 ? text : text.slice(0, hash);
  const name = hash === -1 ? '' : text.slice(hash + 1);
  if (isAbsolute(module) || /^[A-Za-z]:|^file:/.test(module)) {
    return `expected a path relative to the scenario, such as "./subject.ts#create", got ${describeValue(text)}`;
  }
  if (!/^\.\.?\//.test(module))
    return `expected a path that starts with "./" or "../", got ${describeValue(text)}`;
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) {
    return `expected a module and the name of its export, such as "${printable(module, 60)}#create", got ${describeValue(text)}`;
  }
  if (!/\.[cm]?[jt]s$/.test(module))
    return `expected a .ts, .js, .mts, .mjs, .cts or .cjs file, got ${describeValue(module)}`;
  return { module, export: name };
}

/** What is wrong with a `use:` that names no known driver and is no path. */
export function unknownDriver(name: string, drivers: readonly string[]): string {
  return `unknown driver \`${printable(name, 60)}\`${didYouMean(name, drivers)} (a module is written "./file.ts#export")`;
}

async function fileFault(module: string, folder: string, cwd: string): Promise<string | null> {
  const path = resolve(folder, module);
  if (!isInside(path, folder) && !isInside(path, cwd)) return outside(module);
  try {
    const [real, realFolder, realCwd] = await Promise.all([realpath(path), realpath(folder), realpath(cwd)]);
    if (!isInside(real, realFolder) && !isInside(real, realCwd)) return outside(module);
    return (await stat(real)).isFile() ? null : `expected a file, got a folder: ${describeValue(module)}`;
  } catch {
    return `no such file: ${describeValue(module)}, looked for it beside the scenario`;
  }
}

function outside(module: string): string {
  return `the module ${describeValue(module)} lies outside the project: it must be below the scenario's folder or the folder where perfkit is started`;
}

/** Whether a path lies below a folder. Both absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
