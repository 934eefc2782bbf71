import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterPromiseJobs, createBatcher } from '../../../src/components/batcher/index.ts';
import type { Batcher, BatcherOptions } from '../../../src/components/batcher/index.ts';

// What users of a data loader (batching by tick, keys, errors, misuse) and of a promise queue (order, concurrency,
// abort) count on, for the same contract here.

function createLoader<T>(options: Partial<BatcherOptions<T, T>> = {}) {
  const calls: (readonly T[])[] = [];
  const loader = createBatcher<T, T>({
    schedule: afterPromiseJobs,
    concurrency: 100,
    handler: async (keys) => {
      calls.push(keys);
      return keys;
    },
    ...options,
  });
  return { calls, loader };
}

test('batches what is asked for in one tick, in order, and in chunks of the largest size', async () => {
  const { calls, loader } = createLoader<number>({ maxBatchSize: 2 });
  assert.deepEqual(await Promise.all([loader.add(1), loader.add(2), loader.add(3)]), [1, 2, 3]);
  assert.deepEqual(calls, [[1, 2], [3]]);
});

test('a size of 1 does not batch', async () => {
  const { calls, loader } = createLoader<number>({ maxBatchSize: 1 });
  await loader.addMany([1, 2]);
  assert.deepEqual(calls, [[1], [2]]);
});

test('many at once: an empty list, and a list with errors', async () => {
  const { calls, loader } = createLoader<number>({
    handler: (keys) => keys.map((key) => (key === 2 ? new Error('Not found: 2') : key)),
  });
  assert.deepEqual(await loader.addMany([]), []);
  assert.equal(calls.length, 0);
  assert.deepEqual(await loader.addMany([1, 2, 3]), [1, new Error('Not found: 2'), 3]);
});

test('nested asks in the continuation of a batch share the next one', async () => {
  const { calls, loader } = createLoader<string>();
  const chain = async (name: string): Promise<string> => loader.add(`${await loader.add(name)}2`);
  assert.deepEqual(await Promise.all([chain('a'), chain('b')]), ['a2', 'b2']);
  assert.deepEqual(calls, [
    ['a', 'b'],
    ['a2', 'b2'],
  ]);
});

test('asking again after an answer asks the handler again: there is no cache', async () => {
  const { calls, loader } = createLoader<string>({ keyOf: (key) => key });
  assert.deepEqual(await Promise.all([loader.add('a'), loader.add('b'), loader.add('a')]), ['a', 'b', 'a']);
  assert.equal(await loader.add('a'), 'a');
  assert.deepEqual(calls, [['a', 'b'], ['a']]);
});

test('keys are equal as those of a Map are: objects by identity, NaN to itself', async () => {
  const { calls, loader } = createLoader<unknown>({ keyOf: (key) => key });
  const [a, b] = [{ id: 1 }, { id: 1 }];
  await loader.addMany([a, b, a, NaN, NaN, undefined, undefined, null, 0, -0]);
  assert.deepEqual(calls, [[a, b, NaN, undefined, null, 0]]);
  const byId = createLoader<{ readonly id: number }>({ keyOf: ({ id }) => id });
  assert.deepEqual(await byId.loader.addMany([a, b]), [a, a], 'all get the result of the one handed over');
});

test('an error goes to all who asked for the key, and the next to ask gets a new chance', async () => {
  let calls = 0;
  const { loader } = createLoader<number>({
    keyOf: (key) => key,
    handler: (keys) => {
      if (calls++ === 0) throw new Error('whole batch failed');
      return keys;
    },
  });
  assert.deepEqual((await loader.addMany([1, 1, 2])).map(String), Array(3).fill('Error: whole batch failed'));
  assert.equal(await loader.add(1), 1);
});

test('values that are false, empty or undefined are values', async () => {
  const values = [undefined, null, false, 0, '', NaN];
  const { loader } = createLoader<unknown>();
  assert.deepEqual(await loader.addMany(values), values);
});

test('a handler that does not return a list as long as its keys fails them all, and says so', async () => {
  for (const wrong of [null, undefined, 42, 'text', {}, [], [1, 2, 3], new Map()]) {
    const loader: Batcher<number, number> = Reflect.apply(createBatcher, null, [
      { handler: () => wrong, maxBatchSize: 2, retries: 3 },
    ]);
    for (const result of await loader.addMany([1, 2])) {
      assert.match(String(result), /^BatchResultError: Expected `handler` to return an array of 2 results/);
    }
    assert.equal(loader.stats().retried, 0, 'it would do so again');
  }
});

test('a key function or size that throws rejects that item alone', async () => {
  const { loader } = createLoader<number>({
    keyOf: (key) => {
      if (key === 2) throw new Error('no key');
      return key;
    },
  });
  assert.deepEqual((await loader.addMany([1, 2, 3])).map(String), ['1', 'Error: no key', '3']);
  assert.equal(loader.stats().added, 2);
});

test('a schedule that throws loses nothing: what waits goes at once, and the error is not hidden', async () => {
  const uncaught = Promise.withResolvers<unknown>();
  const { loader } = createLoader<number>({
    schedule: () => {
      throw new Error('bad schedule');
    },
  });
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', uncaught.resolve);
  try {
    assert.equal(await loader.add(1), 1);
    assert.match(String(await uncaught.promise), /bad schedule/);
  } finally {
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});

test('one hundred thousand asks need no more memory than their answers', async () => {
  const { calls, loader } = createLoader<number>({ maxBatchSize: 1000, maxQueue: 100_000 });
  const results = await loader.addMany(Array.from({ length: 100_000 }, (_, index) => index));
  assert.deepEqual([results.length, results[99_999], calls.length], [100_000, 99_999, 100]);
  assert.deepEqual([loader.stats().queued, loader.stats().running], [0, 0]);
});

test('as a queue: never more at once than `concurrency`, in order, and one that throws frees its place', async () => {
  let [running, most] = [0, 0];
  const started: number[] = [];
  const queue = createBatcher<number, number>({
    maxBatchSize: 1,
    concurrency: 3,
    handler: async ([item = 0]) => {
      started.push(item);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (item % 4 === 0) throw new Error('no');
      return [item];
    },
  });
  const results = await queue.addMany(Array.from({ length: 30 }, (_, index) => index));
  assert.equal(most, 3);
  assert.deepEqual(
    started,
    Array.from({ length: 30 }, (_, index) => index),
  );
  assert.equal(results.filter((result) => result instanceof Error).length, 8);
});
