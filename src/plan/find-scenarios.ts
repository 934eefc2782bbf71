import { readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PerfkitError, messageOf } from '../model/errors.ts';
import { didYouMean } from './problems/did-you-mean.ts';
import { loadScenario } from './read/load-scenario.ts';
import { formatProblems, toProblems } from './problems/problem.ts';
import { describeValue } from './problems/printable.ts';
import type { ProcessEnvironment } from './read/interpolate.ts';

export interface ScenarioEntry {
  /** The scenario's name, or its path in the root folder without the ending when it cannot be read. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** Path below the root folder, without the ending, with `/`: `cache/get`. */
  readonly path: string;
  readonly kind: 'bench' | 'load' | null;
  readonly tags: readonly string[];
  readonly targets: readonly ListedTarget[];
  /** What is wrong with it, for people; null when it is sound. */
  readonly error: string | null;
}

interface ListedTarget {
  readonly id: string | null;
  readonly expr: string;
  readonly source: string | null;
  readonly severity: 'error' | 'warn';
}

/** Folder of the scenarios that come with perfkit; beside src/ and beside dist/. */
export const builtInScenarios: string = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** All scenarios (`*.perfkit.yaml`, `.yml`, `.ts`, `.js`, ...) below the folders, by path; unsound ones with their error. */
export async function findScenarios(
  roots: readonly string[],
  env: ProcessEnvironment = process.env,
): Promise<ScenarioEntry[]> {
  const entries: ScenarioEntry[] = [];
  for (const root of roots) {
    const files = (await scenarioFiles(resolve(root))).toSorted();
    for (const file of files) entries.push(await readEntry(resolve(root), file, env));
  }
  return entries;
}

/** The entries that a word on the command line means: a scenario's name, its path, or a folder. Throws PerfkitError when none. */
export function selectScenarios(entries: readonly ScenarioEntry[], word: string): ScenarioEntry[] {
  const wanted = word.replace(/\/+$/, '');
  const one = entries.filter(({ name, path }) => name === wanted || path === wanted);
  if (one.length > 0) return one;
  const folder = entries.filter(({ path }) => path.startsWith(`${wanted}/`));
  if (folder.length > 0) return folder;
  const known = [...new Set(entries.flatMap(({ name, path }) => [name, path, path.split('/')[0] ?? path]))];
  throw new PerfkitError(
    'usage',
    `no scenario ${describeValue(word)}${didYouMean(wanted, known)}; \`perfkit list\` shows all`,
  );
}

const scenarioFile = /\.perfkit\.(ya?ml|ts|js|mts|mjs)$/;
/** Deep enough for any project, and an end to a folder that links to itself. */
const maxDepth = 12;

async function scenarioFiles(folder: string, depth = 0): Promise<string[]> {
  if (depth > maxDepth) return [];
  const found = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    // One folder that may not be read does not hide the others; a root that is not there is an empty one.
    if (depth === 0 && !(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) {
      throw new PerfkitError('io', `cannot list ${folder}: ${messageOf(cause)}`, { cause });
    }
    return [];
  });
  const files: string[] = [];
  for (const entry of found) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
      files.push(...(await scenarioFiles(path, depth + 1)));
    else if (!entry.isDirectory() && scenarioFile.test(entry.name)) files.push(path);
  }
  return files;
}

async function readEntry(root: string, file: string, env: ProcessEnvironment): Promise<ScenarioEntry> {
  const path = relative(root, file).replace(scenarioFile, '').split(sep).join('/');
  const bad = (error: string): ScenarioEntry => ({
    name: path,
    file,
    path,
    kind: null,
    tags: [],
    targets: [],
    error,
  });
  try {
    const { scenario, faults, document } = await loadScenario({ file }, { cwd: root, env });
    const error = faults.length === 0 ? null : formatProblems(toProblems(faults, document));
    if (scenario === null) return bad(error ?? 'not a scenario');
    const targets = (scenario.targets ?? []).map((target) => {
      const {
        id = null,
        expr,
        source = null,
        severity = 'error',
      } = typeof target === 'string' ? { expr: target } : target;
      return { id, expr, source, severity } satisfies ListedTarget;
    });
    return {
      name: scenario.name,
      file,
      path,
      kind: scenario.kind,
      tags: scenario.tags ?? [],
      targets,
      error,
    };
  } catch (error) {
    return bad(messageOf(error));
  }
}
