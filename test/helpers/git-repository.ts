import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** Contents by path. */
export type Files = Readonly<Record<string, string>>;

/** A git repository in a temporary folder, on the branch `main`; each set of files is a commit. */
export function repositoryWith(...commits: readonly Files[]): string {
  const folder = temporaryFolder();
  gitIn(folder, 'init', '--quiet', '--initial-branch=main');
  for (const files of commits) commit(folder, files);
  return folder;
}

/** Write the files and commit all there is; gives the commit. */
export function commit(folder: string, files: Files): string {
  write(folder, files);
  gitIn(folder, 'add', '--all');
  gitIn(folder, 'commit', '--quiet', '--allow-empty', '--message=more');
  return gitIn(folder, 'rev-parse', 'HEAD');
}

export function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Whoever runs the tests, and whatever they have configured. */
export function gitIn(folder: string, ...args: readonly string[]): string {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.invalid',
    '-c',
    'commit.gpgsign=false',
  ];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return execFileSync('git', [...identity, ...args], { cwd: folder, env, encoding: 'utf8' }).trim();
}

/** Folders of all worktrees but the first. */
export function worktreesOf(folder: string): string[] {
  const lines = gitIn(folder, 'worktree', 'list', '--porcelain').split('\n');
  return lines.flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : [])).slice(1);
}
