import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openDataFolder } from '../../../src/server/data/data-folder.ts';

function parentFolder(context: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), 'perfkit-parent-'));
  context.after(() => rmSync(parent, { recursive: true, force: true }));
  return parent;
}

test('a folder that was asked for is made, and stays', (context) => {
  const path = join(parentFolder(context), 'a', 'b');
  openDataFolder(path).remove();
  assert.ok(existsSync(path));
});

test('a file in its place is refused', (context) => {
  const path = join(parentFolder(context), 'file');
  writeFileSync(path, '');
  assert.throws(() => openDataFolder(path), {
    name: 'PerfkitError',
    code: 'io',
    message: /--data: expected a folder/,
  });
});

test('a temporary one goes at the end, and those of processes that died go at the next start', (context) => {
  const parent = parentFolder(context);
  const own = openDataFolder(null, parent);
  // A process that has ended: its number is free, or nearly surely so.
  const { pid } = spawnSync(process.execPath, ['--version']);
  const dead = basename(own.path).replace(`-${process.pid}-`, `-${pid}-`);
  for (const name of [dead, 'perfkit-server-other_host-1-x', 'perfkit-server-x', 'mine'])
    mkdirSync(join(parent, name));
  const second = openDataFolder(null, parent);
  assert.ok(!existsSync(join(parent, dead)));
  assert.ok(existsSync(own.path));
  own.remove();
  second.remove();
  assert.deepEqual(readdirSync(parent).toSorted(), [
    'mine',
    'perfkit-server-other_host-1-x',
    'perfkit-server-x',
  ]);
});

test('a temporary one that cannot be made is told with what to set', (context) => {
  const missing = join(parentFolder(context), 'missing');
  assert.throws(() => openDataFolder(null, missing), {
    name: 'PerfkitError',
    code: 'io',
    message: /temporary data in .*missing: .*Set TMPDIR or --data/,
  });
});
