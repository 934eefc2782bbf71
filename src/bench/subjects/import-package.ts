import { registerHooks } from 'node:module';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import type { Exports } from './import-module.ts';
import { parentIn } from './redirect-package.ts';

let imported = 0;

/**
 * Import a package (`lru-cache`, `@scope/name/part`) as a module in `folder` would. Throws PerfkitError when there is
 * none, or it does not load.
 */
export async function importPackage(specifier: string, folder: string): Promise<Exports> {
  // `import()` looks from this very file; a name that only the hook knows lets it look from elsewhere.
  const alias = `perfkit-subject:${++imported}`;
  const parentURL = parentIn(folder);
  const hooks = registerHooks({
    resolve: (wanted, context, next) =>
      wanted === alias ? next(specifier, { ...context, parentURL }) : next(wanted, context),
  });
  try {
    const exports: Exports = await import(alias);
    return exports;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
    const hint =
      code === 'ERR_MODULE_NOT_FOUND' ? ': is it installed? A file is written "./file.ts#export"' : '';
    throw new PerfkitError(
      'target',
      `cannot load the package ${specifier} from ${folder}: ${messageOf(error)}${hint}`,
      { cause: error },
    );
  } finally {
    hooks.deregister();
  }
}
