import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createWorkerPool, WorkerCrashedError } from '../../../src/components/pool/index.ts';
import type { WorkerPool, WorkerPoolOptions } from '../../../src/components/pool/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const module = new URL('./fixtures/tasks.ts', import.meta.url);

function setUp(context: TestContext, options: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const pool = createWorkerPool({ module, maxThreads: 2, ...options });
  context.after(() => pool.destroy());
  return pool;
}

const cell = (): SharedArrayBuffer => new SharedArrayBuffer(4);

test('runs the default export or a named one, with the data of the pool', async (context) => {
  const pool = setUp(context, { workerData: { colour: 'green' } });
  assert.equal(await pool.run(12), 144);
  const answer = await pool.run(null, { name: 'whoAmI' });
  assert.ok(typeof answer === 'object' && answer !== null && 'data' in answer);
  assert.deepEqual(answer.data, { colour: 'green' });
  const { completed, failed, run, threads } = pool.stats();
  assert.deepEqual([completed, failed, run.count, threads], [2, 0, 2, 1]);
});

test('an error of a task is the caller’s, and costs nobody else anything', async (context) => {
  const pool = setUp(context, { maxThreads: 1 });
  await assert.rejects(pool.run('too far', { name: 'fail' }), { name: 'RangeError', message: 'too far' });
  await assert.rejects(pool.run(1, { name: 'nothing' }), /to export a function `nothing`, got undefined/);
  await assert.rejects(
    pool.run(() => undefined),
    { name: 'DataCloneError' },
  );
  await assert.rejects(pool.run(1, { name: 'returnFunction' }), /could not be cloned/);
  assert.equal(await pool.run(3), 9);
  const { failed, crashes, threads, running } = pool.stats();
  assert.deepEqual([failed, crashes, threads, running], [4, 0, 1, 0]);
});

test('tasks run in as many threads as there may be, and no more', async (context) => {
  const pool = setUp(context);
  const arrivals = cell();
  const meeting = Array.from({ length: 2 }, () => pool.run({ arrivals, count: 2 }, { name: 'meet' }));
  assert.equal(new Set(await Promise.all(meeting)).size, 2);
  await Promise.all(Array.from({ length: 20 }, (_, index) => pool.run(index)));
  assert.equal(pool.stats().threads, 2);
});

test('a thread may have several tasks at once, if it is told to', async (context) => {
  const pool = setUp(context, { maxThreads: 1, concurrentTasksPerWorker: 3 });
  const arrivals = cell();
  const meeting = Array.from({ length: 3 }, () => pool.run({ arrivals, count: 3 }, { name: 'meet' }));
  assert.equal(new Set(await Promise.all(meeting)).size, 1);
});

test('tasks beyond the queue are refused, those in it run in order', async (context) => {
  const pool = setUp(context, { maxThreads: 1, maxQueue: 2 });
  const flag = cell();
  const first = pool.run(flag, { name: 'spin' });
  await Atomics.waitAsync(new Int32Array(flag), 0, 0).value;
  const order: unknown[] = [];
  const queued = [2, 3].map((value) => pool.run(value).then((result) => order.push(result)));
  await assert.rejects(pool.run(4), { name: 'PoolFullError' });
  assert.equal(pool.stats().queued, 2);
  Atomics.store(new Int32Array(flag), 0, 2);
  await Promise.all([first, ...queued]);
  assert.deepEqual(order, [4, 9]);
});

test('a crash fails the tasks of its thread only, and the thread is replaced', async (context) => {
  const pool = setUp(context);
  const arrivals = cell();
  const other = pool.run({ arrivals, count: 2 }, { name: 'meet' });
  for (const name of ['crash', 'throwOutside']) {
    const error = await pool.run(null, { name }).catch((reason: unknown) => reason);
    assert.ok(error instanceof WorkerCrashedError);
    if (name === 'throwOutside') assert.match(String(error.cause), /outside of the task/);
    else assert.match(error.message, /exited with code 3/);
  }
  await pool.run({ arrivals, count: 2 }, { name: 'meet' });
  await other;
  assert.equal(await pool.run(5), 25);
  const { crashes, completed, failed } = pool.stats();
  assert.deepEqual([crashes, completed, failed], [2, 3, 2]);
});

test('a module that cannot be imported rejects the task with the reason', async (context) => {
  const pool = setUp(context, { module: new URL('./fixtures/no-such-module.ts', import.meta.url) });
  const error = await pool.run(1).catch((reason: unknown) => reason);
  assert.ok(error instanceof WorkerCrashedError);
  assert.match(String(error.cause), /no-such-module/);
});

test('an aborted task is told; its thread goes on when it stops', async (context) => {
  const pool = setUp(context, { maxThreads: 1, abortGraceMs: 60_000 });
  const controller = new AbortController();
  const aborted = assert.rejects(
    pool.run(null, { name: 'untilAborted', signal: controller.signal }),
    /enough/,
  );
  while (pool.stats().running === 0) await nextTurn();
  controller.abort(new Error('enough'));
  await aborted;
  assert.equal(await pool.run(6), 36);
  assert.equal(pool.stats().crashes, 0);
  await assert.rejects(pool.run(6, { signal: controller.signal }), /enough/);
});

test('an aborted task that does not stop is ended with its thread', async (context) => {
  const clock = new VirtualClock();
  const pool = setUp(context, { maxThreads: 1, timers: clock, abortGraceMs: 500, startTimeoutMs: 0 });
  const flag = cell();
  const controller = new AbortController();
  const aborted = assert.rejects(pool.run(flag, { name: 'spin', signal: controller.signal }), /enough/);
  await Atomics.waitAsync(new Int32Array(flag), 0, 0).value;
  controller.abort(new Error('enough'));
  await aborted;
  await clock.advance(499);
  assert.equal(pool.stats().running, 1, 'it has until then');
  await clock.advance(1);
  assert.equal(await pool.run(7), 49);
  assert.equal(pool.stats().crashes, 1);
});

test('buffers move to the thread and back when asked to', async (context) => {
  const pool = setUp(context);
  const buffer = new ArrayBuffer(1024);
  new Uint8Array(buffer).fill(7);
  const back = await pool.run(buffer, { name: 'detach', transferList: [buffer] });
  assert.equal(buffer.detached, true);
  assert.ok(back instanceof ArrayBuffer);
  assert.deepEqual([back.byteLength, new Uint8Array(back)[1023]], [1024, 7]);
});

test('drain runs what waits; destroy rejects it, and what runs', async (context) => {
  const drained = setUp(context, { maxThreads: 1 });
  const results = [1, 2, 3].map((value) => drained.run(value));
  await drained.drain();
  assert.deepEqual(await Promise.all(results), [1, 4, 9]);
  await assert.rejects(drained.run(1), { name: 'PoolClosedError' });
  assert.equal(drained.stats().threads, 0);

  const destroyed = setUp(context, { maxThreads: 1 });
  const flag = cell();
  const running = assert.rejects(destroyed.run(flag, { name: 'spin' }), { name: 'PoolClosedError' });
  const waiting = assert.rejects(destroyed.run(1), { name: 'PoolClosedError' });
  await Atomics.waitAsync(new Int32Array(flag), 0, 0).value;
  await destroyed.destroy();
  await Promise.all([running, waiting]);
  assert.deepEqual([destroyed.stats().threads, destroyed.stats().running], [0, 0]);
});

test('has its minimum of threads before there are tasks', async (context) => {
  const pool = setUp(context, { minThreads: 2 });
  while (pool.stats().threads < 2) await nextTurn();
  assert.equal(await pool.run(2), 4);
  assert.equal(pool.stats().threads, 2);
});

test('refuses options it cannot follow, by name', () => {
  assert.throws(
    () => Reflect.apply(createWorkerPool, null, [{ module: './tasks.ts' }]),
    /`module` to be a URL/,
  );
  assert.throws(
    () => createWorkerPool({ module, maxThreads: 1, minThreads: 2 }),
    /`minThreads` to be at most/,
  );
  assert.throws(
    () => createWorkerPool({ module, concurrentTasksPerWorker: 0 }),
    /`concurrentTasksPerWorker`/,
  );
  assert.throws(() => createWorkerPool({ module, maxQueue: -1 }), /`maxQueue`/);
});
