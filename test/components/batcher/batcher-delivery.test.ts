import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import {
  afterPromiseJobs,
  createBatcher,
  DeliveryTimeoutError,
  ItemDroppedError,
  QueueFullError,
} from '../../../src/components/batcher/index.ts';
import type { BatcherOptions, BatchPayload } from '../../../src/components/batcher/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

/** A batcher of numbers whose handler answers ten times the item after `takesMs`, on a virtual clock. */
function setUp(options: Partial<BatcherOptions<number, number>> & { readonly takesMs?: number } = {}) {
  const { takesMs = 0, ...rest } = options;
  const clock = new VirtualClock();
  const batches: { readonly items: readonly number[]; readonly atMs: number }[] = [];
  const batcher = createBatcher<number, number>({
    handler: async (items) => {
      batches.push({ items, atMs: clock.nowMs() });
      if (takesMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, takesMs));
      return items.map((item) => item * 10);
    },
    maxBatchSize: 3,
    maxWaitMs: 5,
    timers: clock,
    now: clock.nowMs,
    random: () => 0.5,
    ...rest,
  });
  return { clock, batches, batcher, items: () => batches.map((batch) => batch.items) };
}

test('hands over the most important first, whatever came first', async () => {
  const { clock, batcher, items } = setUp({ maxBatchSize: 2, takesMs: 10 });
  void batcher.addMany([1, 2]);
  void batcher.add(3, { priority: 'low' });
  void batcher.add(4);
  void batcher.add(5, { priority: 'critical' });
  void batcher.add(6, { priority: 'high' });
  await clock.advance(100);
  assert.deepEqual(items(), [
    [1, 2],
    [5, 6],
    [4, 3],
  ]);
  await assert.rejects(
    Reflect.apply((...given: Parameters<typeof batcher.add>) => batcher.add(...given), null, [
      1,
      { priority: 'urgent' },
    ]),
    /`priority` to be "critical", "high", "medium", "low", got `"urgent"`/,
  );
});

test('a stream of important items does not starve the others', async () => {
  const { clock, batcher, items } = setUp({ maxBatchSize: 1, takesMs: 1, agingBatches: 3 });
  const low = { done: false };
  void batcher.add(0);
  void batcher.add(99, { priority: 'low' }).then(() => (low.done = true));
  for (let round = 0; round < 7 && !low.done; round++) {
    void batcher.add(round, { priority: 'critical' });
    void batcher.add(round, { priority: 'critical' });
    await clock.advance(1);
  }
  assert.equal(low.done, true);
  assert.ok(items().length <= 3 + 4 + 1);
  await clock.advance(100);
});

test('a batch is full in bytes too, and an item that is too large goes alone', async () => {
  const { clock, batcher, items } = setUp({ maxBatchSize: 10, maxBatchBytes: 100, sizeOf: (item) => item });
  const results = batcher.addMany([40, 50, 30, 250, 10, 20]);
  await clock.advance(5);
  assert.deepEqual(items(), [[40, 50], [30], [250], [10, 20]]);
  assert.deepEqual(await results, [400, 500, 300, 2500, 100, 200]);
  await assert.rejects(batcher.add(-1), /`sizeOf\(item\)` to be a whole number of at least 0, got `-1`/);
  assert.equal(batcher.stats().added, 6);
});

test('only the items that failed are handed over again, after a back-off that grows', async () => {
  const attempts = new Map<number, number[]>();
  const { clock, batcher } = setUp({
    retries: 3,
    backoff: { initialMs: 100, factor: 2, maxMs: 1000, jitter: 0.2 },
    handler: (items) =>
      items.map((item) => {
        const times = attempts.get(item) ?? [];
        times.push(clock.nowMs());
        attempts.set(item, times);
        return item === 2 && times.length < 4 ? new Error(`attempt ${times.length}`) : item;
      }),
  });
  const results = batcher.addMany([1, 2, 3]);
  await clock.advance(1000);
  assert.deepEqual(await results, [1, 2, 3]);
  // A random number of 0.5 means no jitter: 100, 200, 400 ms.
  assert.deepEqual(
    [...attempts],
    [
      [1, [0]],
      [2, [0, 100, 300, 700]],
      [3, [0]],
    ],
  );
  const { retried, completed, failed } = batcher.stats();
  assert.deepEqual([retried, completed, failed], [3, 3, 0]);
  assert.deepEqual(clock.pending, []);
});

test('jitter comes from the injected random numbers', async () => {
  const times: number[] = [];
  const { clock, batcher } = setUp({
    retries: 1,
    backoff: { initialMs: 100, jitter: 0.5 },
    random: () => 0,
    handler: () => {
      times.push(clock.nowMs());
      throw new Error('refused');
    },
  });
  const rejected = assert.rejects(batcher.add(1), /refused/);
  void batcher.flush();
  await clock.advance(200);
  await rejected;
  assert.deepEqual(times, [0, 50]);
});

test('gives up when the retries are used up, or the error says that they are of no use', async () => {
  const { clock, batcher } = setUp({
    retries: 2,
    backoff: { initialMs: 1, jitter: 0 },
    shouldRetry: (error) => {
      if (error.message === 'broken rule') throw new TypeError('no idea');
      return error.message !== 'bad request';
    },
    handler: (items) =>
      items.map((item) => new Error(['unavailable', 'bad request', 'broken rule'][item] ?? '')),
  });
  const results = batcher.addMany([0, 1, 2]);
  await clock.advance(100);
  assert.deepEqual((await results).map(String), [
    'Error: unavailable',
    'Error: bad request',
    'TypeError: no idea',
  ]);
  assert.deepEqual([batcher.stats().retried, batcher.stats().failed], [2, 3]);
});

test('an item that failed comes before younger ones of its priority', async () => {
  let calls = 0;
  const seen: (readonly number[])[] = [];
  const { clock, batcher } = setUp({
    maxBatchSize: 2,
    retries: 1,
    backoff: { initialMs: 3, jitter: 0 },
    handler: async (items) => {
      seen.push(items);
      if (calls++ === 0) throw new Error('once');
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
      return items;
    },
  });
  const results = batcher.addMany([1, 2, 3, 4, 5, 6]);
  await clock.advance(100);
  assert.deepEqual(seen, [
    [1, 2],
    [3, 4],
    [1, 2],
    [5, 6],
  ]);
  assert.deepEqual(await results, [1, 2, 3, 4, 5, 6]);
});

test('an item without a result in time fails, wherever it is, with what went wrong before as the cause', async () => {
  const signals: AbortSignal[] = [];
  const { clock, batcher } = setUp({
    maxBatchSize: 1,
    deliveryTimeoutMs: 50,
    retries: 9,
    backoff: { initialMs: 30, factor: 1, jitter: 0 },
    handler: (items, { signal }) => {
      signals.push(signal);
      if (items[0] === 1) return Promise.reject(new Error('refused'));
      return new Promise(() => {});
    },
  });
  const refused = batcher.add(1).catch((error: unknown) => error);
  await clock.advance(10);
  const stuck = batcher.add(2).catch((error: unknown) => error);
  const waiting = batcher.add(3).catch((error: unknown) => error);
  await clock.advance(45);
  const error = await refused;
  assert.ok(error instanceof DeliveryTimeoutError);
  // Its second attempt was due at 30 ms, when the handler was still busy with the second item.
  assert.match(error.message, /within 50 ms \(`deliveryTimeoutMs`\), got none; handed over 1 times\./);
  assert.ok(error.cause instanceof Error && error.cause.message === 'refused');
  await clock.advance(10);
  for (const expired of [await stuck, await waiting]) assert.ok(expired instanceof DeliveryTimeoutError);
  assert.equal(signals[1]?.aborted, true, 'the handler is told that nobody waits');
  const { expired, queued } = batcher.stats();
  assert.deepEqual([expired, queued, clock.pending.length], [3, 0, 0]);
});

test('block: items wait for room, the most important enter first, and all are delivered', async () => {
  const { clock, batcher, items } = setUp({
    maxBatchSize: 2,
    maxQueue: 2,
    overflow: 'block',
    takesMs: 10,
  });
  const results = batcher.addMany([1, 2, 3, 4, 5, 6]);
  const critical = batcher.add(7, { priority: 'critical' });
  assert.deepEqual([batcher.stats().queued, batcher.stats().blocked], [2, 3]);
  await clock.advance(100);
  assert.deepEqual(items(), [[1, 2], [3, 4], [7, 5], [6]]);
  assert.deepEqual(await results, [10, 20, 30, 40, 50, 60]);
  assert.equal(await critical, 70);
});

test('a blocked item can be aborted, and close delivers those that stay', async () => {
  const { clock, batcher, items } = setUp({ maxBatchSize: 1, maxQueue: 1, overflow: 'block', takesMs: 10 });
  const controller = new AbortController();
  const results = batcher.addMany([1, 2, 3]);
  const aborted = assert.rejects(batcher.add(4, { signal: controller.signal }), /no longer/);
  const closed = batcher.close();
  controller.abort(new Error('no longer'));
  await aborted;
  await clock.advance(100);
  await closed;
  assert.deepEqual(items(), [[1], [2], [3]]);
  assert.deepEqual(await results, [10, 20, 30]);
});

test('drop-oldest: the oldest of the least important makes room, but not for less important ones', async () => {
  const { clock, batcher, items } = setUp({
    maxBatchSize: 3,
    maxQueue: 3,
    overflow: 'drop-oldest',
    takesMs: 10,
  });
  void batcher.addMany([0, 0, 0]);
  const low = batcher.add(1, { priority: 'low' }).catch((error: unknown) => error);
  const high = batcher.addMany([2, 3], { priority: 'high' });
  const medium = batcher.add(4);
  assert.ok((await low) instanceof ItemDroppedError);
  const critical = batcher.add(5, { priority: 'critical' });
  assert.ok((await medium.catch((error: unknown) => error)) instanceof ItemDroppedError);
  await assert.rejects(batcher.add(6, { priority: 'low' }), QueueFullError);
  await clock.advance(100);
  assert.deepEqual(items(), [
    [0, 0, 0],
    [5, 2, 3],
  ]);
  assert.deepEqual([await critical, await high], [50, [20, 30]]);
  const { dropped, rejected, added, completed } = batcher.stats();
  assert.deepEqual([dropped, rejected, added, completed], [2, 1, 8, 6]);
});

test('the batch size grows while the handler keeps its target, and gives way when it does not', async () => {
  const sizes: number[] = [];
  const { clock, batcher } = setUp({
    maxBatchSize: 100,
    adaptive: { targetMs: 10, minBatchSize: 2, increase: 4, decrease: 0.5 },
    handler: async (items) => {
      sizes.push(items.length);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, items.length));
      return items;
    },
  });
  void batcher.addMany(Array.from({ length: 200 }, (_, index) => index));
  await clock.advance(1000);
  assert.deepEqual(sizes.slice(0, 9), [2, 6, 10, 14, 7, 11, 5, 9, 13]);
  assert.ok(Math.max(...sizes) <= 14);
});

test('gives the handler its batch as bytes, compressed where that helps', async () => {
  const payloads: (BatchPayload | null)[] = [];
  const batcher = createBatcher<string, string>({
    maxBatchSize: 2,
    payload: { compress: async (bytes) => deflateSync(bytes), minBytes: 100 },
    handler: (items, { payload }) => {
      payloads.push(payload);
      return items;
    },
  });
  await batcher.addMany(['short', 'items', 'long '.repeat(100), 'item']);
  const [short, long] = payloads;
  assert.ok(short && long);
  assert.deepEqual([short.compressed, Buffer.from(short.bytes).toString()], [false, '["short","items"]']);
  assert.equal(long.compressed, true);
  assert.deepEqual(JSON.parse(inflateSync(long.bytes).toString()), ['long '.repeat(100), 'item']);
  const { payloadBytes, compressedBytes } = batcher.stats();
  assert.equal(payloadBytes, short.originalBytes + long.originalBytes);
  assert.equal(compressedBytes, short.bytes.length + long.bytes.length);
});

test('a compressor that throws fails the batch like its handler', async () => {
  const { batcher } = setUp({
    payload: {
      compress: () => {
        throw new RangeError('out of memory');
      },
      minBytes: 0,
    },
  });
  assert.deepEqual(
    await batcher.addMany([1, 2, 3]),
    Array.from({ length: 3 }, () => new RangeError('out of memory')),
  );
});

test('equal items that wait together are handed over once, for all who added them', async () => {
  const { clock, batcher, items } = setUp({ keyOf: (item) => item % 100, maxBatchSize: 10 });
  const controller = new AbortController();
  const first = assert.rejects(batcher.add(1, { signal: controller.signal }), /left/);
  const others = batcher.addMany([101, 2, 201]);
  controller.abort(new Error('left'));
  await first;
  await clock.advance(5);
  assert.deepEqual(items(), [[1, 2]], 'the item stays as long as one of them waits');
  assert.deepEqual(await others, [10, 20, 10]);
  void batcher.add(301);
  await clock.advance(5);
  assert.deepEqual(items()[1], [301], 'what was handed over is not joined');
  const { added, completed, aborted, deduplicated } = batcher.stats();
  assert.deepEqual([added, completed, aborted, deduplicated], [5, 4, 1, 2]);
});

test('an item goes when all who added it have left', async () => {
  const { clock, batcher, items } = setUp({ keyOf: (item) => item % 100 });
  const controllers = [new AbortController(), new AbortController()];
  const rejected = controllers.map(({ signal }, index) =>
    assert.rejects(batcher.add(1 + 100 * index, { signal }), /left/),
  );
  for (const controller of controllers) controller.abort(new Error('left'));
  await Promise.all(rejected);
  await clock.advance(50);
  assert.deepEqual([items(), batcher.stats().queued], [[], 0]);
});

test('an equal item of higher priority takes the other along', async () => {
  const { clock, batcher, items } = setUp({ keyOf: (item) => item, maxBatchSize: 1, takesMs: 1 });
  void batcher.add(0);
  const low = batcher.add(1, { priority: 'low' });
  void batcher.add(2);
  const critical = batcher.add(1, { priority: 'critical' });
  await clock.advance(100);
  assert.deepEqual(items(), [[0], [1], [2]]);
  assert.deepEqual(await Promise.all([low, critical]), [10, 10]);
});

test('a schedule decides when to hand over, in place of a timer', async () => {
  const scheduled: (() => void)[] = [];
  const { clock, batcher, items } = setUp({ schedule: (handOver) => scheduled.push(handOver) });
  void batcher.add(1);
  void batcher.add(2);
  await clock.advance(1000);
  assert.deepEqual([items(), scheduled.length, clock.pending.length], [[], 1, 0]);
  scheduled[0]?.();
  void batcher.add(3);
  assert.deepEqual([items(), scheduled.length], [[[1, 2]], 1]);
  await clock.settle();
  assert.equal(scheduled.length, 2, 'asked anew for what came while the handler was busy');
  scheduled[1]?.();
  assert.deepEqual(items(), [[1, 2], [3]]);
});

test('after promise jobs: what one event adds, however deep in promises, shares a batch', async () => {
  const { batcher, items } = setUp({ schedule: afterPromiseJobs, maxBatchSize: 100 });
  const deep = async (): Promise<number> => {
    await Promise.resolve();
    await Promise.resolve();
    return batcher.add(3);
  };
  assert.deepEqual(await Promise.all([batcher.add(1), deep(), batcher.add(2)]), [10, 30, 20]);
  assert.deepEqual(items(), [[1, 2, 3]]);
});

test('producers can wait until few are left, or none', async () => {
  const { clock, batcher } = setUp({ maxBatchSize: 2, takesMs: 10 });
  const order: string[] = [];
  void batcher.addMany([1, 2, 3, 4, 5]);
  void batcher.onSizeLessThan(3).then(() => order.push('below 3'));
  void batcher.onSizeLessThan(10).then(() => order.push('below 10'));
  void batcher.onIdle().then(() => order.push('idle'));
  await clock.settle();
  assert.deepEqual(order, ['below 10']);
  await clock.advance(10);
  assert.deepEqual(order, ['below 10', 'below 3']);
  await clock.advance(19);
  assert.deepEqual(order, ['below 10', 'below 3']);
  await clock.advance(1);
  assert.deepEqual(order, ['below 10', 'below 3', 'idle']);
  await batcher.onIdle();
  await assert.rejects(batcher.onSizeLessThan(0), /`items` to be a positive integer/);
});

test('a signal for all rejects what waits, runs, is blocked or backs off, and closes', async () => {
  const controller = new AbortController();
  const signals: AbortSignal[] = [];
  const { clock, batcher } = setUp({
    maxBatchSize: 1,
    maxQueue: 2,
    overflow: 'block',
    retries: 5,
    signal: controller.signal,
    handler: (items, { signal }) => {
      signals.push(signal);
      return items[0] === 1 ? [new Error('again')] : new Promise(() => {});
    },
  });
  const results = batcher.addMany([1]);
  await clock.advance(1);
  const others = batcher.addMany([2, 3, 4, 5]);
  const { queued, blocked, running } = batcher.stats();
  assert.deepEqual([queued, blocked, running], [2, 2, 1]);
  controller.abort(new Error('shutting down'));
  for (const result of [...(await results), ...(await others)]) assert.match(String(result), /shutting down/);
  assert.equal(signals[1]?.aborted, true);
  await assert.rejects(batcher.add(6), /shutting down/);
  await batcher.close();
  assert.deepEqual([batcher.stats().aborted, batcher.stats().queued, clock.pending.length], [5, 0, 0]);
});

test('measures how long items waited and how long the handler took', async () => {
  const { clock, batcher } = setUp({ takesMs: 20, maxBatchSize: 100 });
  void batcher.add(1);
  await clock.advance(3);
  void batcher.add(2);
  await clock.advance(100);
  const { wait, handler } = batcher.stats();
  assert.deepEqual([wait.count, wait.maxMs, wait.meanMs], [2, 5, 3.5]);
  assert.deepEqual([handler.count, handler.maxMs], [1, 20]);
});
