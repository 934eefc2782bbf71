import { lstat, mkdir, readdir, realpath, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isInside } from '../../plan/read/module-path.ts';

/**
 * Give a worktree the packages that are installed in the working tree: a node_modules of links, one for each package.
 * A package that is itself a link into the working tree (a workspace) becomes a link to the same place in the
 * worktree: else both versions would be measured with the code of one.
 */
export async function linkModules(project: string, copy: string, folder = ''): Promise<void> {
  const from = join(project, folder, 'node_modules');
  const to = join(copy, folder, 'node_modules');
  if ((await lstat(from).catch(() => null)) === null) return;
  if ((await lstat(to).catch(() => null)) !== null) return;
  await mkdir(to, { recursive: true });
  const root = await realpath(project);
  for (const name of await readdir(from)) {
    if (!name.startsWith('@')) await linkPackage({ root, copy, from, to }, name);
    else {
      await mkdir(join(to, name), { recursive: true });
      for (const part of await readdir(join(from, name)))
        await linkPackage({ root, copy, from, to }, join(name, part));
    }
  }
}

interface Places {
  readonly root: string;
  readonly copy: string;
  readonly from: string;
  readonly to: string;
}

async function linkPackage({ root, copy, from, to }: Places, name: string): Promise<void> {
  const path = join(from, name);
  const real = await realpath(path).catch(() => null);
  if (real === null) return;
  const folder = relative(root, real);
  const isWorkspace =
    real === root || (isInside(real, root) && !folder.split(/[\\/]/).includes('node_modules'));
  const target = isWorkspace ? join(copy, folder) : real;
  await symlink(target, join(to, name), 'junction');
  if (isWorkspace && folder !== '') await linkModules(root, copy, folder);
}
