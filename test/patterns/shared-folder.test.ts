import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../../src/components/store/index.ts';
import { fillPatternDatabase } from '../../scenarios/patterns/fill-pattern-database.ts';
import { sharedFolder } from '../../scenarios/patterns/shared-folder.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const watcher = fileURLToPath(new URL('../../scenarios/patterns/remove-folder-after.ts', import.meta.url));

test('a shared folder goes when the process that it is for is killed', async (context) => {
  const folder = join(temporaryFolder(context), 'shared');
  mkdirSync(folder);
  const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = once(owner, 'close');
  const remover = spawn(process.execPath, [watcher, String(owner.pid), folder], { stdio: 'ignore' });
  await once(remover, 'spawn');
  assert.ok(existsSync(folder));
  owner.kill('SIGKILL');
  await ended;
  await once(remover, 'close');
  assert.equal(existsSync(folder), false);
});

test('what a process left that died with its watcher is removed by the next', async (context) => {
  const dead = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(dead, 'close');
  const orphan = join(tmpdir(), `perfkit-patterns-of-${dead.pid}`);
  mkdirSync(orphan, { recursive: true });
  context.after(() => rmSync(orphan, { recursive: true, force: true }));
  const folder = sharedFolder();
  assert.ok(folder !== null);
  assert.equal(existsSync(orphan), false);
  assert.equal(sharedFolder(), folder);
});

test('a filled database is made once, and copies of it are alike', async (context) => {
  const folder = temporaryFolder(context);
  const paths = ['first.db', 'second.db'].map((name) => join(folder, name));
  for (const path of paths)
    await fillPatternDatabase({ path, count: 50, bodyBytes: 100, byPopularity: true });
  const found = [];
  for (const path of paths) {
    const store = await openSqliteStore({ path });
    found.push((await store.query({ limit: 100 })).map(({ id, usageCount }) => [id, usageCount]));
    await store.close();
  }
  assert.equal(found[0]?.length, 50);
  assert.deepEqual(found[0]?.[0], ['pattern:00000000', 500]);
  assert.deepEqual(found[0], found[1]);
});
