import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');
const browser = join(root, 'src/server/dashboard/client/browser.ts');

const options = [
  '--ignoreConfig',
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--skipLibCheck',
  '--allowImportingTsExtensions',
  '--target',
  'es2024',
  '--module',
  'nodenext',
  '--lib',
  'es2024,dom',
  '--types',
  '',
];

test(
  'what the page takes from the browser is there, by the DOM’s own types',
  { timeout: 240_000 },
  (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'perfkit-dom-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const check = (text: string): string => {
      const file = join(folder, 'check.ts');
      writeFileSync(file, `import type { PageWindow } from '${browser}';\n${text}\n`);
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), ...options, file],
        { encoding: 'utf8' },
      );
      return stdout + stderr;
    };
    assert.equal(check('export const page: PageWindow = window;'), '');
    // That the check can fail:
    assert.match(check('export const page: PageWindow = document;'), /TS2739|TS2740|TS2741|TS2322/);
  },
);
