import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { builtInScenarios, findScenarios, plan, selectScenarios, sourceFromFile } from '../../index.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { BenchPlan, PreparedArms, ScenarioEntry, ScenarioSource } from '../../index.ts';
import type { RunFlags } from '../options.ts';

type Flags = Pick<RunFlags, 'tag' | 'seed'>;

/**
 * Plans of the scenarios that are named, as the head has them. Throws PerfkitError when the head has no such scenario, it
 * is unsound, or it is no bench.
 */
export async function selectHeadPlans(
  words: readonly string[],
  flags: Flags,
  arms: Pick<PreparedArms, 'head' | 'root'>,
  cwd: string,
): Promise<BenchPlan[]> {
  if (words.length === 0) {
    throw new PerfkitError(
      'usage',
      'expected the scenario (or module) by which the versions are compared, such as perfkit bench my.perfkit.yaml --refs main..HEAD',
    );
  }
  const sources: ScenarioSource[] = [];
  for (const word of words) sources.push(...(await sourcesOf(word, flags, arms, cwd)));
  const plans: BenchPlan[] = [];
  for (const source of sources) {
    const made = await plan(source, {
      cwd: arms.head.cwd,
      ...(flags.seed !== undefined && { seed: flags.seed }),
    });
    if (made.kind !== 'bench') {
      throw new PerfkitError(
        'usage',
        `${made.scenario.name} is a load scenario: only benches are compared version against version`,
      );
    }
    plans.push(made);
  }
  if (plans.length === 0)
    throw new PerfkitError('usage', `no scenario is left with the tag ${(flags.tag ?? []).join(' and ')}`);
  return plans;
}

async function sourcesOf(
  word: string,
  flags: Flags,
  { head, root }: Pick<PreparedArms, 'head' | 'root'>,
  cwd: string,
): Promise<ScenarioSource[]> {
  const here = resolve(cwd, word);
  const there = join(head.cwd, relative(cwd, here));
  if (existsSync(there)) return await sourcesAt(there, flags, head.cwd);
  if (existsSync(here)) {
    throw new PerfkitError(
      'usage',
      `${word} is not in ${head.label}${head.revision === null ? '' : ` (${head.revision.slice(0, 7)})`}, whose scenarios are taken: commit it, or compare the working tree with --head .`,
    );
  }
  if (/^[./]|\.(?:ya?ml|[cm]?[jt]s)$/.test(word))
    throw new PerfkitError('usage', `${word}: no such file, neither here nor in ${head.label}`);
  const named = keep(selectScenarios(await findScenarios([builtInScenarios]), word), flags);
  return named.map(({ file }) => {
    const place = relative(root, file);
    const ownFile = isAbsolute(place) || place.startsWith('..') ? file : join(head.root, place);
    if (!existsSync(ownFile)) throw new PerfkitError('usage', `${word} is not in ${head.label}`);
    return sourceAt(ownFile, head.cwd);
  });
}

/** A file is itself; a folder is every bench below it. */
async function sourcesAt(path: string, flags: Flags, cwd: string): Promise<ScenarioSource[]> {
  if (!statSync(path).isDirectory()) return [await sourceFromFile(sourceAt(path, cwd).file, cwd)];
  const entries = keep(await findScenarios([path]), flags);
  if (entries.length === 0)
    throw new PerfkitError('usage', `${relative(cwd, path) || '.'} holds no bench scenario`);
  return entries.map(({ file }) => sourceAt(file, cwd));
}

function keep(entries: readonly ScenarioEntry[], { tag = [] }: Flags): ScenarioEntry[] {
  const wanted = entries.filter(({ tags }) => tag.every((one) => tags.includes(one)));
  return wanted.length === 1 ? wanted : wanted.filter(({ kind }) => kind !== 'load');
}

/** Below the folder in which perfkit was started a file is shown relative to it. */
function sourceAt(file: string, cwd: string): { readonly file: string } {
  const shown = relative(cwd, file);
  return { file: shown.startsWith('..') ? file : shown };
}
