import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { PerfkitError } from '../../src/model/errors.ts';
import { engineFailure } from '../../src/run/engine-failure.ts';

test('a thread at its heap limit is an error that says what to do, also as the cause of another', async () => {
  const source = 'const all = []; for (;;) all.push(new Array(1000).fill(Math.sqrt(all.length)));';
  const worker = new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8 } });
  const [error]: unknown[] = await once(worker, 'error');
  for (const one of [error, new Error('the load thread failed', { cause: error })]) {
    const failure = engineFailure(one);
    assert.ok(failure instanceof PerfkitError);
    assert.match(failure.message, /ran out of memory.*--max-old-space-size/);
  }
});

test('what is for the user stays as it is, and a defect of our own is none', () => {
  const known = new PerfkitError('target', 'subject a: its process was killed');
  assert.equal(engineFailure(known), known);
  assert.equal(engineFailure(new TypeError('x is not a function')), null);
  assert.equal(engineFailure('thrown'), null);
});
