import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchResultError, createBatcher, QueueFullError } from '../../../src/components/batcher/index.ts';
import type { Batcher, BatcherOptions } from '../../../src/components/batcher/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function setUp(options: Partial<BatcherOptions<number, number>> = {}) {
  const clock = new VirtualClock();
  const batches: (readonly number[])[] = [];
  const batcher = createBatcher<number, number>({
    handler: (items) => {
      batches.push(items);
      return items.map((item) => item * 10);
    },
    maxBatchSize: 3,
    maxWaitMs: 5,
    timers: clock,
    now: clock.nowMs,
    ...options,
  });
  return { clock, batches, batcher };
}

/** A handler whose calls end when the test says so. */
function manual() {
  const calls: {
    readonly items: readonly number[];
    readonly signal: AbortSignal;
    readonly end: () => void;
  }[] = [];
  const handler: BatcherOptions<number, number>['handler'] = (items, { signal }) => {
    const { promise, resolve } = Promise.withResolvers<readonly number[]>();
    calls.push({ items, signal, end: () => resolve(items) });
    return promise;
  };
  return { calls, handler };
}

test('hands over a full batch at once, without a timer left behind', async () => {
  const { clock, batches, batcher } = setUp();
  assert.deepEqual(await batcher.addMany([1, 2, 3]), [10, 20, 30]);
  assert.deepEqual(batches, [[1, 2, 3]]);
  assert.equal(clock.pending.length, 0);
  const { wait, handler, ...stats } = batcher.stats();
  assert.deepEqual(stats, {
    added: 3,
    completed: 3,
    failed: 0,
    aborted: 0,
    dropped: 0,
    expired: 0,
    rejected: 0,
    deduplicated: 0,
    retried: 0,
    batches: 1,
    meanBatchSize: 3,
    batchSizeLimit: 3,
    queued: 0,
    blocked: 0,
    running: 0,
    payloadBytes: 0,
    compressedBytes: 0,
  });
  assert.deepEqual([wait.count, handler.count], [3, 1]);
});

test('counts the wait from the first item of the batch', async () => {
  const { clock, batches, batcher } = setUp();
  const first = batcher.add(1);
  await clock.advance(4);
  const second = batcher.add(2);
  await clock.advance(0.9);
  assert.deepEqual(batches, []);
  await clock.advance(0.1);
  assert.deepEqual(batches, [[1, 2]]);
  assert.deepEqual(await Promise.all([first, second]), [10, 20]);
});

test('counts the wait anew when the first item was aborted', async () => {
  const { clock, batches, batcher } = setUp();
  const controller = new AbortController();
  const first = batcher.add(1, { signal: controller.signal });
  await clock.advance(3);
  const second = batcher.add(2);
  controller.abort(new Error('no longer'));
  await assert.rejects(first, /no longer/);
  await clock.advance(4.9);
  assert.deepEqual(batches, []);
  await clock.advance(0.1);
  assert.deepEqual(batches, [[2]]);
  assert.equal(await second, 20);
});

test('keeps items of one tick together when the wait is 0', async () => {
  const { clock, batches, batcher } = setUp({ maxWaitMs: 0, maxBatchSize: 100 });
  const results = batcher.addMany([1, 2, 3, 4]);
  await clock.advance(0);
  assert.deepEqual(batches, [[1, 2, 3, 4]]);
  assert.deepEqual(await results, [10, 20, 30, 40]);
});

test('an Error among the results fails only its own item', async () => {
  const { batcher } = setUp({
    handler: (items) => items.map((item) => (item === 2 ? new RangeError('two') : item)),
  });
  assert.deepEqual(await batcher.addMany([1, 2, 3]), [1, new RangeError('two'), 3]);
  assert.equal(batcher.stats().failed, 1);
});

test('what the handler throws, now or later, fails every item of its batch and no other', async () => {
  let calls = 0;
  const { batcher } = setUp({
    handler: (items) => {
      calls++;
      if (calls === 1) throw new TypeError('at once');
      return calls === 2 ? Promise.reject(new TypeError('later')) : items;
    },
  });
  const results = await batcher.addMany([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(results.map(String), [
    ...Array<string>(3).fill('TypeError: at once'),
    ...Array<string>(3).fill('TypeError: later'),
    '7',
    '8',
    '9',
  ]);
});

test('a handler that breaks its contract fails the batch with a message that says how', async () => {
  const cases: [unknown, RegExp][] = [
    [[1], /array of 3 results, one for each item, got 1\./],
    [[1, 2, 3, 4], /got 4\./],
    [undefined, /got undefined\./],
    [{ length: 3 }, /got object\./],
  ];
  for (const [returned, message] of cases) {
    const batcher: Batcher<number, number> = Reflect.apply(createBatcher, null, [
      { handler: () => returned, maxBatchSize: 3 },
    ]);
    for (const result of await batcher.addMany([1, 2, 3])) {
      assert.ok(result instanceof BatchResultError);
      assert.match(result.message, message);
    }
  }
  const { batcher } = setUp({
    handler: () => {
      // oxlint-disable-next-line no-throw-literal
      throw 'a word';
    },
  });
  const [result] = await batcher.addMany([1, 2, 3]);
  assert.ok(result instanceof BatchResultError && result.cause === 'a word');
});

test('survives thousands of queued batches whose handler throws at once', async () => {
  const { batcher } = setUp({
    maxBatchSize: 1,
    maxQueue: 20_000,
    handler: () => {
      throw new Error('never works');
    },
  });
  const results = await batcher.addMany(Array.from({ length: 20_000 }, (_, index) => index));
  assert.equal(results.filter((result) => result instanceof Error).length, 20_000);
});

test('rejects what the queue cannot hold, and takes more when there is room', async () => {
  const { calls, handler } = manual();
  const { batcher, clock } = setUp({ handler, maxBatchSize: 2, maxQueue: 2 });
  const results = batcher.addMany([1, 2, 3, 4, 5]);
  assert.deepEqual([batcher.stats().running, batcher.stats().queued, batcher.stats().rejected], [1, 2, 1]);
  assert.equal(clock.pending.length, 0);
  calls[0]?.end();
  await clock.settle();
  const sixth = batcher.add(6);
  calls[1]?.end();
  await clock.advance(5);
  calls[2]?.end();
  const [, , , , fifth] = await results;
  assert.ok(fifth instanceof QueueFullError);
  assert.equal(await sixth, 6);
  assert.deepEqual(
    calls.map((call) => call.items),
    [[1, 2], [3, 4], [6]],
  );
});

test('tells the handler when nobody waits for its batch any more', async () => {
  const { calls, handler } = manual();
  const { batcher, clock } = setUp({ handler, maxBatchSize: 2 });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = batcher.add(1, { signal: one.signal });
  const second = batcher.add(2, { signal: two.signal });
  one.abort(new Error('first left'));
  await assert.rejects(first, /first left/);
  assert.equal(calls[0]?.signal.aborted, false);
  two.abort(new Error('second left'));
  await assert.rejects(second, /second left/);
  assert.equal(calls[0]?.signal.aborted, true);
  assert.equal(batcher.stats().running, 1);
  calls[0]?.end();
  await clock.settle();
  assert.deepEqual([batcher.stats().running, batcher.stats().aborted, batcher.stats().completed], [0, 2, 0]);
});

test('leaves no timer behind when the last item waiting is aborted', async () => {
  const { clock, batcher } = setUp();
  const controller = new AbortController();
  const rejected = assert.rejects(batcher.add(1, { signal: controller.signal }), /gone/);
  await clock.settle();
  assert.equal(clock.pending.length, 1);
  controller.abort(new Error('gone'));
  await rejected;
  assert.equal(clock.pending.length, 0);
});

test('refuses an item whose signal is aborted already', async () => {
  const { batcher } = setUp();
  await assert.rejects(batcher.add(1, { signal: AbortSignal.abort(new Error('too late')) }), /too late/);
  assert.equal(batcher.stats().added, 0);
});

test('flush waits for what is there, not for what comes after', async () => {
  const { calls, handler } = manual();
  const { batcher, clock } = setUp({ handler, concurrency: 2 });
  void batcher.add(1);
  let flushed = false;
  const flush = batcher.flush().then(() => (flushed = true));
  assert.deepEqual(calls[0]?.items, [1]);
  void batcher.add(2);
  await clock.advance(5);
  assert.deepEqual(calls[1]?.items, [2]);
  assert.equal(flushed, false);
  calls[0]?.end();
  await flush;
  assert.equal(batcher.stats().running, 1);
  calls[1]?.end();
  await batcher.flush();
});

test('close flushes once and for all, and its handler cannot add either', async () => {
  const clock = new VirtualClock();
  const late: unknown[] = [];
  const batcher = createBatcher<number, number>({
    timers: clock,
    now: clock.nowMs,
    handler: (items) => {
      batcher.add(99).catch((error: unknown) => late.push(error));
      return items;
    },
  });
  const first = batcher.add(1);
  await Promise.all([batcher.close(), batcher.close()]);
  assert.equal(await first, 1);
  await assert.rejects(batcher.add(2), { name: 'BatcherClosedError' });
  assert.equal(late.length, 1);
  assert.equal(clock.pending.length, 0);
});

test('a handler may add to its own batcher', async () => {
  const { clock, batcher } = setUp({
    maxBatchSize: 1,
    concurrency: 2,
    handler: async (items) => {
      const [item] = items;
      return [item === undefined || item > 100 ? 0 : (await batcher.add(item + 100)) + item];
    },
  });
  const result = batcher.add(7);
  await clock.advance(100);
  assert.equal(await result, 7);
});

test('refuses options it cannot follow, by name', () => {
  const handler = (items: readonly number[]): readonly number[] => items;
  assert.throws(
    () => createBatcher({ handler, maxBatchSize: 0 }),
    /`maxBatchSize` to be a positive integer, got `0` \(number\)/,
  );
  assert.throws(
    () => createBatcher({ handler, maxQueue: 5, maxBatchSize: 6 }),
    /`maxQueue` to be at least maxBatchSize \(6\), got `5`/,
  );
  assert.throws(() => createBatcher({ handler, maxWaitMs: Infinity }), /`maxWaitMs` to be between 0 and/);
  assert.throws(() => createBatcher({ handler, concurrency: 1.5 }), /`concurrency`/);
  assert.throws(
    () => Reflect.apply(createBatcher, null, [{ handler: 'no' }]),
    /`handler` to be a function, got `"no"` \(string\)/,
  );
});
