import { rm, stat } from 'node:fs/promises';
import { PerfkitError } from '../../model/errors.ts';
import { abandonedFolders, armsFolderOf } from './arms-folder.ts';
import { git, interrupted } from './git.ts';
import type { Repository } from './git.ts';

/** Check a commit out into a folder that is not there yet. Throws PerfkitError. */
export async function addWorktree(repository: Repository, folder: string, commit: string): Promise<void> {
  const { code, tail } = await git(repository, ['worktree', 'add', '--detach', '--', folder, commit]);
  if (code === 0) return;
  if (repository.signal.aborted) throw interrupted();
  throw new PerfkitError('io', `cannot check out ${commit.slice(0, 7)}: git worktree add failed:\n${tail}`);
}

/** Remove a worktree and git's record of it. What is not there is no failure. */
export async function removeWorktree(repository: Repository, folder: string): Promise<void> {
  // The end of a run is no time to be interrupted.
  const unhurried = { root: repository.root, signal: new AbortController().signal };
  await git(unhurried, ['worktree', 'remove', '--force', '--force', '--', folder]).catch(() => undefined);
}

/**
 * Remove what runs that were killed have left: their folders, and git's records of worktrees in them. Other worktrees,
 * also those that are not there at the moment, are not touched.
 */
export async function removeAbandoned(repository: Repository): Promise<void> {
  const abandoned = new Set(await abandonedFolders());
  const { stdout } = await git(repository, ['worktree', 'list', '--porcelain', '-z']);
  const worktrees = stdout
    .split('\0')
    .flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : []));
  for (const worktree of worktrees) {
    const folder = await armsFolderOf(worktree);
    if (folder === null) continue;
    const gone = (await stat(folder).catch(() => null)) === null;
    if (gone || abandoned.has(folder)) await removeWorktree(repository, worktree);
  }
  for (const folder of abandoned) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}
