import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { findScenarios } from '../../index.ts';
import { PerfkitError } from '../../model/errors.ts';
import { writeNewFile } from '../write-new-file.ts';
import { plainPath } from './ci-steps.ts';
import { githubFile, githubWorkflow } from './github-workflow.ts';
import { gitlabFile, gitlabPipeline } from './gitlab-pipeline.ts';
import type { CiScenario } from './ci-steps.ts';

export interface InitCiFlags {
  readonly github?: boolean;
  readonly gitlab?: boolean;
  /** Also compare the benches with the base of a pull request. */
  readonly compare?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

/**
 * Write a pipeline that runs the scenarios below the working directory, or only those that `wanted` names (files or
 * folders). Gives the file and what is in it, for people. Throws PerfkitError.
 */
export async function initCi(wanted: readonly string[], flags: InitCiFlags): Promise<string> {
  if ((flags.github === true) === (flags.gitlab === true))
    throw new PerfkitError('usage', 'expected one of --github and --gitlab');
  const scenarios = await select(wanted);
  const compare = flags.compare === true;
  if (compare && !scenarios.some(({ kind }) => kind === 'bench'))
    throw new PerfkitError('usage', '--compare compares benches, and there is none among the scenarios');
  const install = await installCommand();
  const [text, usual] =
    flags.github === true
      ? [githubWorkflow(scenarios, install, { compare }), githubFile]
      : [gitlabPipeline(scenarios, install, { compare }), gitlabFile];
  const file = flags.output ?? usual;
  await writeNewFile(file, text, { force: flags.force === true, folders: true }).catch((error: unknown) => {
    const taken = error instanceof PerfkitError && error.message.includes('is there already');
    if (!taken || file !== gitlabFile) throw error;
    const advice = `write another file with -o perfkit.gitlab-ci.yml and add \`include: perfkit.gitlab-ci.yml\` to this one`;
    throw new PerfkitError('io', `${error.message}, or ${advice}`, { cause: error });
  });
  return `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'} in ${file}; perfkit must be in the devDependencies of package.json\n`;
}

async function select(wanted: readonly string[]): Promise<CiScenario[]> {
  const cwd = process.cwd();
  const found = (await findScenarios([cwd])).map((entry) => ({
    ...entry,
    path: relative(cwd, entry.file).split(sep).join('/'),
  }));
  const words = wanted.map((word) => relative(cwd, resolve(word)).split(sep).join('/'));
  const selected = found.filter(
    ({ path }) =>
      words.length === 0 || words.some((word) => word === '' || path === word || path.startsWith(`${word}/`)),
  );
  for (const [index, word] of words.entries()) {
    if (word !== '' && !selected.some(({ path }) => path === word || path.startsWith(`${word}/`)))
      throw new PerfkitError('usage', `found no scenario at ${JSON.stringify(wanted[index]?.slice(0, 100))}`);
  }
  if (selected.length === 0) {
    throw new PerfkitError(
      'usage',
      'found no *.perfkit.yaml or *.perfkit.ts below this folder: make one with perfkit init bench -o my.perfkit.yaml',
    );
  }
  return selected.map(({ path, kind }) => {
    if (kind === null)
      throw new PerfkitError('scenario', `${path} is not sound: perfkit validate ${path} says why`);
    if (!plainPath.test(path)) {
      throw new PerfkitError(
        'usage',
        `expected a path of letters, digits and . _ - + / for a pipeline, got ${JSON.stringify(path)}: rename it, or name others`,
      );
    }
    return { path, kind };
  });
}

/** By the lock file that is there. */
async function installCommand(): Promise<string> {
  for (const [lock, command] of installs) {
    if ((await stat(lock).catch(() => null)) !== null) return command;
  }
  return 'npm install';
}

const installs = [
  ['package-lock.json', 'npm ci'],
  ['npm-shrinkwrap.json', 'npm ci'],
  ['pnpm-lock.yaml', 'corepack enable && pnpm install --frozen-lockfile'],
  ['yarn.lock', 'corepack enable && yarn install --immutable'],
] as const;
