import { join, relative } from 'node:path';
import { stat } from 'node:fs/promises';
import { PerfkitError } from '../../model/errors.ts';
import { interrupted } from './git.ts';
import { projectFolder } from './install.ts';
import type { Checkout } from './install.ts';
import { runCommand } from './run-command.ts';

/** How a checked out version is built: `npm run build` when it has such a script, a command line, or not at all. */
export type Build =
  | { readonly kind: 'script' }
  | { readonly kind: 'none' }
  | { readonly kind: 'command'; readonly command: string };

/** Build a checked out version where its package is. Throws PerfkitError with the end of what the build printed. */
export async function buildCheckout(
  { root, copy, cwd, label, signal, say }: Checkout,
  build: Build,
): Promise<void> {
  if (build.kind === 'none') return;
  const project = await projectFolder(cwd, root, ['package.json']);
  const folder = join(copy, relative(root, project));
  const manifest = await stat(join(folder, 'package.json')).catch(() => null);
  if (build.kind === 'script' && manifest === null) return;
  const { code, tail } =
    build.kind === 'script'
      ? await runCommand('npm', ['run', 'build', '--if-present'], {
          cwd: folder,
          signal,
          shell: process.platform === 'win32',
        })
      : await runShell(build.command, folder, signal);
  if (signal.aborted) throw interrupted();
  const command = build.kind === 'script' ? 'npm run build' : build.command;
  if (code === 0) return say(`${label}: built`);
  throw new PerfkitError(
    'target',
    `${label}: the build failed (${command}, exit code ${code ?? 'none'}); --build COMMAND runs another, --build none none:\n${tail}`,
  );
}

/** A command line of the user's own, as they would type it. */
function runShell(command: string, cwd: string, signal: AbortSignal): ReturnType<typeof runCommand> {
  return runCommand(command, [], { cwd, signal, shell: true });
}
