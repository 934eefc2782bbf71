import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { MissingDriverError, openLsmStore } from '../../../src/components/store/index.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

// In a file, and so a process, of its own: a package that was imported once is there for good.

test('says which package to install when the driver is not there', async (context) => {
  const hooks = registerHooks({
    resolve(specifier, details, next) {
      if (specifier !== 'classic-level') return next(specifier, details);
      throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
  context.after(() => hooks.deregister());
  await assert.rejects(openLsmStore({ path: join(temporaryFolder(context), 'db') }), (error) => {
    assert.ok(error instanceof MissingDriverError);
    assert.equal(
      error.message,
      'Expected the package classic-level to be installed, got none: run `npm install classic-level`.',
    );
    return true;
  });
});
