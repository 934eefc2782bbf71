import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PerfkitError } from '../../model/errors.ts';
import type { PackageFolder } from '../../bench/rounds/round-result.ts';
import { interrupted } from './git.ts';
import { runCommand } from './run-command.ts';

export interface InstalledPackage extends PackageFolder {
  /** The exact one. */
  readonly version: string;
}

/** Install a package into a folder of its own. Throws PerfkitError when the registry has no such version. */
export async function installPackage(
  { name, version }: { readonly name: string; readonly version: string },
  folder: string,
  { cwd, signal }: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<InstalledPackage> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  const { code, tail } = await runCommand(
    'npm',
    [
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--',
      `${name}@${version}`,
    ],
    // Started in the project, so that its .npmrc counts.
    { cwd, signal, shell: process.platform === 'win32' },
  );
  if (signal.aborted) throw interrupted();
  if (code !== 0)
    throw new PerfkitError(
      'target',
      `npm cannot install ${name}@${version} (exit code ${code ?? 'none'}):\n${tail}`,
    );
  return { name, folder, version: await installedVersion(name, folder) };
}

async function installedVersion(name: string, folder: string): Promise<string> {
  const file = join(folder, 'node_modules', name, 'package.json');
  const manifest: unknown = JSON.parse(await readFile(file, 'utf8').catch(() => 'null'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version).slice(0, 100);
  throw new PerfkitError('target', `npm installed ${name}, but there is no ${file}`);
}
