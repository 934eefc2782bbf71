import { realpath, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { PerfkitError } from '../../model/errors.ts';
import { isInside } from '../../plan/read/module-path.ts';
import type { Arm } from '../arm.ts';
import type { ArmSource, ArmSources } from './arm-source.ts';
import { makeArmsFolder } from './arms-folder.ts';
import { buildCheckout } from './build.ts';
import type { Build } from './build.ts';
import { isDirty, mergeBase, openRepository, resolveCommit } from './git.ts';
import type { Repository } from './git.ts';
import { installModules } from './install.ts';
import { installPackage } from './package-arm.ts';
import { addWorktree, removeAbandoned, removeWorktree } from './worktree.ts';

export interface PreparedArms {
  readonly base: Arm;
  readonly head: Arm;
  /** Top of the working tree that perfkit was started in. */
  readonly root: string;
  /** Remove all that was made for them; never fails. */
  readonly dispose: () => Promise<void>;
}

export interface PrepareArmsOptions {
  readonly cwd: string;
  readonly build: Build;
  readonly signal: AbortSignal;
  /** Told what goes on, a line each. */
  readonly say: (text: string) => void;
}

/**
 * Make both versions ready to be measured: refs are checked out, given their dependencies and built, packages are
 * installed, folders taken as they are. Throws PerfkitError, with nothing left behind, when one of them cannot be had.
 */
export async function prepareArms(sources: ArmSources, options: PrepareArmsOptions): Promise<PreparedArms> {
  const cwd = await realpath(options.cwd);
  const repository = needsGit(sources) ? await openRepository(cwd, options.signal) : null;
  if (repository !== null) await removeAbandoned(repository);
  const folder = await makeArmsFolder();
  const place = await realpath(folder.path);
  const worktrees: string[] = [];
  const dispose = async (): Promise<void> => {
    if (repository !== null)
      for (const worktree of worktrees.toReversed()) await removeWorktree(repository, worktree);
    await folder.remove().catch(() => undefined);
  };
  const make = async (side: 'base' | 'head'): Promise<Arm> => {
    const source = sources[side];
    const home = join(place, side);
    if (source.kind === 'folder') return await folderArm(source.path, cwd, repository);
    if (source.kind === 'package')
      return await packageArm(source, home, { ...options, cwd, root: repository?.root ?? cwd });
    if (repository === null) throw new PerfkitError('internal', 'a ref without a repository');
    worktrees.push(home);
    return await refArm(repository, source, home, { ...options, cwd, side });
  };
  try {
    const base = await make('base');
    const head = await make('head');
    // A package has no scenario and no modules of its own: they are those of the other side.
    const files = base.package === null ? base : { ...base, root: head.root, cwd: head.cwd };
    return { base: files, head, root: repository?.root ?? cwd, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function needsGit({ base, head }: ArmSources): boolean {
  return [base, head].some(({ kind }) => kind === 'ref' || kind === 'merge base');
}

async function refArm(
  repository: Repository,
  source: Extract<ArmSource, { kind: 'ref' | 'merge base' }>,
  home: string,
  options: PrepareArmsOptions & { readonly side: string },
): Promise<Arm> {
  const { commit, label } = await commitOf(repository, source);
  options.say(`${options.side}: ${label} is ${commit.slice(0, 7)}`);
  await addWorktree(repository, home, commit);
  const checkout = { ...options, root: repository.root, copy: home, label };
  await installModules(checkout);
  await buildCheckout(checkout, options.build);
  const notes = source.kind === 'ref' && source.ref === 'HEAD' ? await dirtyNotes(repository) : [];
  const cwd = join(home, relative(repository.root, options.cwd));
  return { label, revision: commit, root: home, cwd, package: null, notes };
}

async function commitOf(
  repository: Repository,
  source: Extract<ArmSource, { kind: 'ref' | 'merge base' }>,
): Promise<{ commit: string; label: string }> {
  const commit = await resolveCommit(repository, source.ref);
  if (source.kind === 'ref') return { commit, label: source.ref };
  const other = await resolveCommit(repository, source.other);
  return { commit: await mergeBase(repository, commit, other), label: `merge base with ${source.ref}` };
}

async function dirtyNotes(repository: Repository): Promise<string[]> {
  return (await isDirty(repository))
    ? ['the working tree has changes that HEAD does not hold: --head . compares them']
    : [];
}

/** A folder of the working tree stands for all of it beside a ref, which is all of a commit. */
async function folderArm(path: string, cwd: string, repository: Repository | null): Promise<Arm> {
  const folder = resolve(cwd, path);
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true)
    throw new PerfkitError(
      'usage',
      `expected a folder, got ${JSON.stringify(path.slice(0, 200))}: there is none`,
    );
  const real = await realpath(folder);
  const inside = repository !== null && (real === repository.root || isInside(real, repository.root));
  return {
    label: path,
    revision: null,
    root: inside ? repository.root : real,
    cwd: real,
    package: null,
    notes: [`${path} is measured as it is: perfkit builds only what it checks out`],
  };
}

async function packageArm(
  source: Extract<ArmSource, { kind: 'package' }>,
  home: string,
  { cwd, root, signal, say }: PrepareArmsOptions & { readonly root: string },
): Promise<Arm> {
  const label = `${source.name}@${source.version}`;
  say(`${label}: npm install`);
  const { version, name, folder } = await installPackage(source, home, { cwd, signal });
  return { label, revision: version, root, cwd, package: { name, folder }, notes: [] };
}
