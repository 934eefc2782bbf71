import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LogFile } from '../../../src/run/log/log-file.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { MemoryHandle } from './logged-runs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const never = (error: Error): void => assert.fail(error);

test('what was appended is in the file, in order, when it is closed', async () => {
  const path = join(temporaryFolder(), 'deep', 'a.hlog');
  const log = new LogFile(path, { failed: never });
  for (let index = 0; index < 100; index++) log.append(`${index}\n`);
  await log.close();
  assert.equal(readFileSync(path, 'utf8'), Array.from({ length: 100 }, (_, index) => `${index}\n`).join(''));
});

test('nothing is opened before the first append', async () => {
  const log = new LogFile('x', { failed: never, open: () => assert.fail('opened') });
  await log.close();
});

test('a full disk is told once, with its reason, and the run goes on', async () => {
  const failures: string[] = [];
  const handle = new MemoryHandle();
  handle.appendFile = () => Promise.reject(Object.assign(new Error('ENOSPC: x'), { code: 'ENOSPC' }));
  const log = new LogFile('a.hlog', {
    failed: (error) => failures.push(error.message),
    open: () => Promise.resolve(handle),
  });
  log.append('one\n');
  await new Promise(setImmediate);
  log.append('two\n');
  await log.close();
  assert.deepEqual(failures, ['cannot write the log a.hlog: the disk is full; the run goes on without it']);
  assert.equal(handle.closed, true);
});

test('a file that cannot be opened is told once', async () => {
  const failures: string[] = [];
  const open = (): Promise<never> => Promise.reject(Object.assign(new Error('x'), { code: 'EACCES' }));
  const log = new LogFile('a.hlog', { failed: (error) => failures.push(error.message), open });
  log.append('one\n');
  log.append('two\n');
  await log.close();
  assert.deepEqual(failures, ['cannot write the log a.hlog: permission denied; the run goes on without it']);
});

test('a disk that hangs blocks nobody, and what waits for it is bounded', async () => {
  const failures: string[] = [];
  const handle = new MemoryHandle();
  let writes = 0;
  let release = (): void => undefined;
  handle.appendFile = () => {
    writes += 1;
    return new Promise((resolve) => (release = resolve));
  };
  const log = new LogFile('a.hlog', {
    failed: (error) => failures.push(error.message),
    open: () => Promise.resolve(handle),
  });
  const mebibyte = 'x'.repeat(1024 * 1024);
  log.append('first\n');
  await new Promise(setImmediate);
  for (let index = 0; index < 70; index++) log.append(mebibyte);
  assert.equal(writes, 1);
  assert.equal(failures.length, 1);
  assert.match(failures[0] ?? '', /does not take what is written/);
  release();
  await log.close();
});

test('the disk itself has it at the latest after five seconds, and at the end', async () => {
  const clock = new VirtualClock();
  const handle = new MemoryHandle();
  const log = new LogFile('a.hlog', { failed: never, open: () => Promise.resolve(handle), now: clock.nowNs });
  for (let index = 0; index < 12; index++) {
    log.append('x\n');
    await clock.advance(1000);
  }
  assert.equal(handle.synced, 2);
  await log.close();
  assert.equal(handle.synced, 3);
});
