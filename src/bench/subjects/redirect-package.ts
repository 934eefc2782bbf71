import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PerfkitError } from '../../model/errors.ts';
import type { PackageFolder } from '../rounds/round-result.ts';

export interface RedirectedPackage {
  /** Throws PerfkitError when nothing of the package was imported: then this version of it was not measured. */
  readonly check: (subject: string) => void;
}

/**
 * From now on every import of the package in this process, whoever asks for it, finds the one below `folder`: so that
 * one module that uses a package can be measured with any version of it.
 */
export function redirectPackage(to: PackageFolder | null): RedirectedPackage {
  if (to === null) return { check: () => undefined };
  const { name, folder } = to;
  const parentURL = parentIn(folder);
  let used = false;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier !== name && !specifier.startsWith(`${name}/`)) return next(specifier, context);
      used = true;
      return next(specifier, { ...context, parentURL });
    },
  });
  return {
    check: (subject) => {
      if (used) return;
      throw new PerfkitError(
        'target',
        `subject ${subject}: it imports nothing of the package ${name}, so there is nothing to compare: name it (use: "${name}#export"), or a module that imports it`,
      );
    },
  };
}

/** Stands for a module in the folder; there need be none. */
export function parentIn(folder: string): string {
  return pathToFileURL(join(folder, 'scenario.mjs')).href;
}
