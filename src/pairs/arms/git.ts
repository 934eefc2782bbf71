import { realpath } from 'node:fs/promises';
import { PerfkitError } from '../../model/errors.ts';
import { runCommand } from './run-command.ts';
import type { CommandOutcome } from './run-command.ts';

/** A repository, as `git` sees it from the folder where perfkit was started. */
export interface Repository {
  /** Top of the working tree, links followed. */
  readonly root: string;
  readonly signal: AbortSignal;
}

/** The repository around a folder. Throws PerfkitError when there is none, or no git. */
export async function openRepository(folder: string, signal: AbortSignal): Promise<Repository> {
  const { code, stdout, tail } = await git({ root: folder, signal }, ['rev-parse', '--show-toplevel']);
  if (code === 0) return { root: await realpath(stdout.trim()), signal };
  if (signal.aborted) throw interrupted();
  throw new PerfkitError(
    'usage',
    `${folder} is in no git repository, so no refs can be compared in it:\n${tail}`,
  );
}

/** What a ref means. Throws PerfkitError when it means nothing here. */
export async function resolveCommit(repository: Repository, ref: string): Promise<string> {
  const { code, stdout } = await git(repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ]);
  const commit = stdout.trim();
  if (code === 0 && /^[\da-f]{40,64}$/.test(commit)) return commit;
  if (repository.signal.aborted) throw interrupted();
  throw unknownRef(ref);
}

/** Where two commits parted. Throws PerfkitError when they never met. */
export async function mergeBase(repository: Repository, one: string, other: string): Promise<string> {
  const { code, stdout } = await git(repository, ['merge-base', '--end-of-options', one, other]);
  const commit = stdout.trim().split('\n')[0] ?? '';
  if (code === 0 && /^[\da-f]{40,64}$/.test(commit)) return commit;
  if (repository.signal.aborted) throw interrupted();
  throw new PerfkitError(
    'usage',
    `${one.slice(0, 7)} and ${other.slice(0, 7)} have no common ancestor here; in a shallow clone fetch all (actions/checkout: fetch-depth: 0)`,
  );
}

/** Whether there are changes that no commit holds. */
export async function isDirty(repository: Repository): Promise<boolean> {
  const { stdout } = await git(repository, ['status', '--porcelain', '--untracked-files=no']);
  return stdout.trim() !== '';
}

/** No hooks, no questions, and no repository but the one that the folder is in. */
export function git(
  { root, signal }: Pick<Repository, 'root' | 'signal'>,
  args: readonly string[],
): Promise<CommandOutcome> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(?!SSH|TRACE)/.test(name)),
  );
  return runCommand('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', ...args], {
    cwd: root,
    signal,
    env: { ...env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
  });
}

export function interrupted(): PerfkitError {
  return new PerfkitError('usage', 'interrupted before anything was measured');
}

function unknownRef(ref: string): PerfkitError {
  return new PerfkitError(
    'usage',
    `${JSON.stringify(ref)} is no commit of this repository: \`git branch -a\` and \`git tag\` list the names (a clone of CI may be shallow: actions/checkout with fetch-depth: 0, and origin/main instead of main)`,
  );
}
