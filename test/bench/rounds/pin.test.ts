import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pinMainThread } from '../../../src/bench/rounds/pin.ts';

const canPin = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;

test(
  'the main thread of a process stays on one core, its other threads stay free',
  {
    skip: canPin ? false : 'needs Linux and taskset',
  },
  async (context) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")']);
    context.after(() => child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const { pid } = child;
    assert.ok(pid !== undefined);
    const allowed = (task: string | number): string | undefined =>
      /^Cpus_allowed_list:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8'))?.[1];
    const before = allowed(pid);
    assert.equal(await pinMainThread(pid), true);
    assert.match(allowed(pid) ?? '', /^\d+$/);
    const { readdirSync } = await import('node:fs');
    const others = readdirSync(`/proc/${pid}/task`).filter((task) => task !== String(pid));
    assert.ok(others.length > 0);
    for (const task of others) assert.equal(allowed(task), before);
  },
);

test(
  'a process that has gone is no sign that threads cannot be kept on a core',
  {
    skip: canPin ? false : 'needs Linux and taskset',
  },
  async () => {
    assert.equal(await pinMainThread(2 ** 22 + 1), true);
  },
);
