import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from '../../../src/server/data/lock-folder.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const name = 'perfkit-server.lock';

test('a folder is for one server: the second is told who has it', (context) => {
  const folder = temporaryFolder(context);
  const unlock = lockFolder(folder);
  assert.throws(() => lockFolder(folder), {
    name: 'PerfkitError',
    code: 'io',
    message: new RegExp(`no other server uses, but process ${process.pid} serves from it`),
  });
  unlock();
  assert.deepEqual(readdirSync(folder), []);
  lockFolder(folder)();
});

test('the lock of a process that has ended is taken over, also when its id is used again', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, name);
  const { pid } = spawnSync(process.execPath, ['--version']);
  const stale = [{ pid, host: hostname(), began: '1' }];
  // Only where the system tells when a process began can another one of the same id be told from it.
  if (existsSync('/proc/self/stat')) stale.push({ pid: process.pid, host: hostname(), began: '1' });
  for (const holder of stale) {
    writeFileSync(path, JSON.stringify(holder));
    const unlock = lockFolder(folder);
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
    assert.throws(() => lockFolder(folder), /serves from it/);
    unlock();
    assert.deepEqual(readdirSync(folder), []);
  }
});

test('a lock that cannot be judged here is left alone, and its file named', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, name);
  for (const text of [
    '',
    'nonsense',
    '{"pid":1,"host":"elsewhere","began":""}',
    '{"pid":-1,"host":"a","began":""}',
  ]) {
    writeFileSync(path, text);
    assert.throws(
      () => lockFolder(folder),
      (error: Error) => error.message.includes(path) && /remove that file/.test(error.message),
    );
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.deepEqual(readdirSync(folder), [name]);
  }
});

test('the end of one server does not free the folder of the next', (context) => {
  const folder = temporaryFolder(context);
  const unlock = lockFolder(folder);
  writeFileSync(join(folder, name), '{"pid":1,"host":"elsewhere","began":""}');
  unlock();
  assert.ok(existsSync(join(folder, name)));
});

test('a folder that is not there is told of', () => {
  assert.throws(() => lockFolder('/nowhere/at/all'), {
    name: 'PerfkitError',
    message: /--data: expected a folder to write to/,
  });
});
