import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { PerfkitError } from '../../model/errors.ts';
import { interrupted } from './git.ts';
import { linkModules } from './link-modules.ts';
import { runCommand } from './run-command.ts';

const npmLocks = ['npm-shrinkwrap.json', 'package-lock.json'];
const otherLocks = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];

export interface Checkout {
  /** Top of the working tree, and of the copy. */
  readonly root: string;
  readonly copy: string;
  /** Where perfkit was started, in the working tree. */
  readonly cwd: string;
  readonly label: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/**
 * Give a checked out version its dependencies: those of the working tree, linked, when it asks for the same ones, else
 * its own by `npm ci`. Throws PerfkitError when they cannot be installed.
 */
export async function installModules({ root, copy, cwd, label, signal, say }: Checkout): Promise<void> {
  const project = await projectFolder(cwd, root, [...npmLocks, ...otherLocks, 'node_modules']);
  const place = relative(root, project);
  const changed = await changedLock(project, join(copy, place));
  if (changed === null) return await linkModules(project, join(copy, place));
  if (!npmLocks.includes(changed)) {
    throw new PerfkitError(
      'usage',
      `${label}: its ${changed} differs from that of the working tree, and perfkit installs with npm only: check it out and install it yourself, and compare folders (--base ../old --head .)`,
    );
  }
  say(`${label}: ${changed} differs, npm ci`);
  const { code, tail } = await runCommand(
    'npm',
    ['ci', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: join(copy, place), signal, shell: process.platform === 'win32' },
  );
  if (signal.aborted) throw interrupted();
  if (code !== 0)
    throw new PerfkitError('target', `${label}: npm ci failed (exit code ${code ?? 'none'}):\n${tail}`);
}

/** The nearest folder from `folder` up to `root` that holds one of the names; else the root. */
export async function projectFolder(folder: string, root: string, names: readonly string[]): Promise<string> {
  for (let at = folder; at.startsWith(root); at = dirname(at)) {
    for (const name of names) if ((await stat(join(at, name)).catch(() => null)) !== null) return at;
    if (at === root || dirname(at) === at) break;
  }
  return root;
}

/** Name of the lock file in which two folders differ; null when they ask for the same packages. */
async function changedLock(one: string, other: string): Promise<string | null> {
  for (const name of [...npmLocks, ...otherLocks]) {
    const [mine, theirs] = await Promise.all([read(join(one, name)), read(join(other, name))]);
    if (mine === null && theirs === null) continue;
    if (mine !== null && theirs !== null && mine.equals(theirs)) continue;
    // A version from before there was a lock file, or after it: nothing to install by.
    if (theirs === null) continue;
    return name;
  }
  return null;
}

function read(file: string): Promise<Buffer | null> {
  return readFile(file).catch(() => null);
}
