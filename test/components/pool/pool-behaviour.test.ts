import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPool } from '../../../src/components/pool/index.ts';
import type { PoolOptions } from '../../../src/components/pool/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

// What users of the well-known resource and connection pools count on, and what those get wrong, for the same
// contract here.

interface Resource {
  readonly id: number;
}

function setUp(options: Partial<PoolOptions<Resource>> = {}) {
  const clock = new VirtualClock();
  let ids = 0;
  const destroyed: number[] = [];
  const pool = createPool<Resource>({
    create: () => ({ id: ids++ }),
    destroy: ({ id }) => void destroyed.push(id),
    max: 2,
    timers: clock,
    now: clock.nowMs,
    ...options,
  });
  return { clock, pool, destroyed };
}

test('sizing: grows to max under load, not beyond, and shrinks when idle', async () => {
  const { clock, pool } = setUp({ max: 5, idleTimeoutMs: 1000 });
  let most = 0;
  const users = Array.from({ length: 40 }, () =>
    pool.use(async () => {
      most = Math.max(most, pool.stats().total);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
    }),
  );
  await clock.advance(100);
  await Promise.all(users);
  assert.deepEqual([most, pool.stats().total, pool.stats().acquires], [5, 5, 40]);
  await clock.advance(1000);
  assert.equal(pool.stats().total, 0);
});

test('a request that timed out does not count as pending, nor swallow a resource', async () => {
  const { clock, pool } = setUp({ max: 1, maxWaiting: 1, acquireTimeoutMs: 10 });
  const resource = await pool.acquire();
  for (let round = 0; round < 5; round++) {
    const timedOut = assert.rejects(pool.acquire(), { name: 'AcquireTimeoutError' });
    await clock.advance(10);
    await timedOut;
  }
  assert.equal(pool.stats().waiting, 0);
  const next = pool.acquire();
  pool.release(resource);
  assert.equal(await next, resource);
});

test('an aborted request is gone at once', async () => {
  const { pool } = setUp({ max: 1, maxWaiting: 1 });
  const resource = await pool.acquire();
  const controller = new AbortController();
  const aborted = assert.rejects(pool.acquire({ signal: controller.signal }), /gone/);
  controller.abort(new Error('gone'));
  await aborted;
  const next = pool.acquire();
  pool.release(resource);
  assert.equal(await next, resource);
});

test('acquire after destroy is refused at once, it does not wait for its time-out', async () => {
  const { clock, pool } = setUp();
  await pool.destroy();
  await assert.rejects(pool.acquire(), { name: 'PoolClosedError' });
  assert.deepEqual(clock.pending, []);
});

test('a thousand who cannot be served are told, each after one attempt of its own, not in a hot loop', async () => {
  let attempts = 0;
  const { clock, pool } = setUp({
    create: () => {
      attempts++;
      return Promise.reject(new Error('down'));
    },
  });
  const results = Promise.allSettled(Array.from({ length: 1000 }, () => pool.acquire()));
  await clock.settle();
  assert.ok((await results).every(({ status }) => status === 'rejected'));
  assert.equal(attempts, 1000);
  await clock.advance(60_000);
  assert.deepEqual([attempts, pool.stats().total], [1000, 0]);
});

test('foreign and double releases are refused, and change nothing', async () => {
  const { pool } = setUp();
  const resource = await pool.acquire();
  assert.throws(() => pool.release({ id: 0 }), { name: 'NotBorrowedError', message: /foreign/ });
  pool.release(resource);
  assert.throws(() => pool.release(resource), { name: 'NotBorrowedError', message: /is idle/ });
  assert.throws(() => pool.discard(resource), { name: 'NotBorrowedError' });
  pool.discard(await pool.acquire());
  assert.throws(() => pool.release(resource), { name: 'NotBorrowedError', message: /destroyed/ });
  assert.deepEqual([pool.stats().idle, pool.stats().borrowed], [0, 0]);
});

test('a destroy that throws, rejects or never ends does not keep its place', async () => {
  const { clock, pool } = setUp({
    max: 1,
    destroyTimeoutMs: 50,
    destroy: ({ id }) => {
      if (id === 0) throw new Error('at once');
      return id === 1 ? Promise.reject(new Error('later')) : new Promise<void>(() => {});
    },
  });
  for (const expected of [0, 1, 2]) {
    const { id } = await pool.use((resource) => {
      pool.discard(resource);
      return resource;
    });
    assert.equal(id, expected);
  }
  const next = pool.acquire();
  await clock.advance(50);
  assert.equal((await next).id, 3);
  assert.equal(pool.stats().destroyFailures, 3);
});

test('primitive values can be pooled, as long as they differ', async () => {
  let next = 5;
  const ports = createPool<number>({ create: () => next++, destroy: () => undefined, max: 2 });
  assert.deepEqual([await ports.acquire(), await ports.acquire()], [5, 6]);
  ports.release(5);
  assert.equal(await ports.acquire(), 5);
  await ports.destroy();
});

test('drain with a borrower who never gives back waits; destroy does not', async () => {
  const { clock, pool } = setUp();
  await pool.acquire();
  let drained = false;
  void pool.drain().then(() => (drained = true));
  await clock.advance(1e6);
  assert.equal(drained, false);
  await pool.destroy();
  assert.deepEqual(clock.pending, []);
});

test('hands over in order to ten thousand waiters, one resource between them', async () => {
  const { pool } = setUp({ max: 1, maxWaiting: 20_000 });
  const order: number[] = [];
  await Promise.all(Array.from({ length: 10_000 }, (_, index) => pool.use(() => void order.push(index))));
  assert.ok(order.every((value, index) => value === index));
  assert.deepEqual([pool.stats().created, pool.stats().waits], [1, 10_000]);
});
