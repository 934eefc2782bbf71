import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPool, NotBorrowedError } from '../../../src/components/pool/index.ts';
import type { PoolOptions } from '../../../src/components/pool/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

interface Resource {
  readonly id: number;
}

function setUp(options: Partial<PoolOptions<Resource>> = {}) {
  const clock = new VirtualClock();
  const destroyed: number[] = [];
  let ids = 0;
  const pool = createPool<Resource>({
    create: () => ({ id: ids++ }),
    destroy: ({ id }) => {
      destroyed.push(id);
    },
    max: 2,
    timers: clock,
    now: clock.nowMs,
    ...options,
  });
  return { clock, destroyed, pool };
}

const never = (): Promise<never> => new Promise(() => {});

test('creates on demand, lends again, and prefers what was used last', async () => {
  const { pool } = setUp({ max: 3 });
  const [a, b] = [await pool.acquire(), await pool.acquire()];
  pool.release(a);
  pool.release(b);
  assert.equal(await pool.acquire(), b);
  const { wait, use, create, ...stats } = pool.stats();
  assert.deepEqual(stats, {
    total: 2,
    idle: 1,
    checking: 0,
    borrowed: 1,
    waiting: 0,
    created: 2,
    createFailures: 0,
    validationFailures: 0,
    destroyed: 0,
    destroyFailures: 0,
    acquires: 3,
    waits: 2,
    acquireTimeouts: 0,
    leaks: 0,
    utilization: 0,
  });
  assert.deepEqual([wait.count, use.count, create.count], [3, 2, 2]);
});

test('hands a released resource straight to the first waiter, never to a latecomer', async () => {
  const { pool } = setUp({ max: 1 });
  const resource = await pool.acquire();
  const order: string[] = [];
  const first = pool.acquire().then((got) => (order.push('first'), got));
  const second = pool.acquire().then((got) => (order.push('second'), got));
  pool.release(resource);
  assert.equal(pool.stats().idle, 0);
  const late = pool.acquire().then((got) => (order.push('late'), got));
  pool.release(await first);
  pool.release(await second);
  pool.release(await late);
  assert.deepEqual(order, ['first', 'second', 'late']);
});

test('a waiter that timed out is gone: the next one is served', async () => {
  const { clock, pool } = setUp({ max: 1, acquireTimeoutMs: 100 });
  const resource = await pool.acquire();
  const first = assert.rejects(pool.acquire(), {
    name: 'AcquireTimeoutError',
    message:
      'Expected a resource within 100 ms (`acquireTimeoutMs`), got none: 1 of 1 resources are borrowed, 0 are being created, 2 borrowers wait.',
  });
  await clock.advance(60);
  const second = pool.acquire();
  await clock.advance(40);
  await first;
  assert.deepEqual([pool.stats().waiting, pool.stats().acquireTimeouts], [1, 1]);
  pool.release(resource);
  assert.equal(await second, resource);
  assert.deepEqual(clock.pending, []);
});

test('a failed create rejects its waiter and frees its place', async () => {
  let calls = 0;
  const { pool } = setUp({
    max: 1,
    create: () => {
      calls++;
      if (calls === 1) throw new Error('refused');
      return calls === 2 ? Promise.reject(new Error('reset')) : { id: calls };
    },
  });
  const all = await Promise.allSettled([pool.acquire(), pool.acquire(), pool.acquire()]);
  assert.deepEqual(
    all.map((result) => (result.status === 'fulfilled' ? result.value.id : String(result.reason))),
    ['Error: refused', 'Error: reset', 3],
  );
  assert.deepEqual([pool.stats().total, pool.stats().createFailures], [1, 2]);
});

test('a create that takes too long is aborted, and what it makes after all is destroyed', async () => {
  const { promise, resolve } = Promise.withResolvers<Resource>();
  let aborted = false;
  const { clock, destroyed, pool } = setUp({
    max: 1,
    createTimeoutMs: 50,
    create: (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return promise;
    },
  });
  const rejected = assert.rejects(pool.acquire(), { name: 'CreateTimeoutError' });
  await clock.advance(50);
  await rejected;
  assert.ok(aborted);
  assert.equal(pool.stats().total, 0);
  resolve({ id: 42 });
  await clock.settle();
  assert.deepEqual(destroyed, [42]);
  assert.deepEqual([pool.stats().total, pool.stats().created, pool.stats().destroyed], [0, 1, 1]);
});

test('a resource created for a borrower who left becomes idle', async () => {
  const { promise, resolve } = Promise.withResolvers<Resource>();
  const { clock, pool } = setUp({ create: () => promise });
  const controller = new AbortController();
  const left = assert.rejects(pool.acquire({ signal: controller.signal }), /left/);
  await clock.settle();
  controller.abort(new Error('left'));
  await left;
  resolve({ id: 7 });
  await clock.settle();
  assert.equal(pool.stats().idle, 1);
  await assert.rejects(pool.acquire({ signal: controller.signal }), /left/);
});

test('a create that acquires from its own pool cannot make it grow beyond max', async () => {
  let calls = 0;
  const inner: Promise<Resource>[] = [];
  const { pool } = setUp({
    max: 2,
    create: () => {
      if (calls < 5) inner.push(pool.acquire());
      return { id: calls++ };
    },
  });
  const outer = await pool.acquire();
  assert.ok(pool.stats().total <= 2);
  pool.release(outer);
  for (const borrowed of inner) pool.release(await borrowed);
  assert.ok(calls <= 2);
});

test('refuses a resource that is not lent: released twice, foreign, or discarded', async () => {
  const { pool } = setUp();
  const resource = await pool.acquire();
  pool.release(resource);
  assert.throws(() => pool.release(resource), { name: 'NotBorrowedError', message: /given back already/ });
  assert.throws(() => pool.release({ id: 0 }), { name: 'NotBorrowedError', message: /foreign/ });
  assert.throws(() => pool.discard({ id: 0 }), NotBorrowedError);
  const again = await pool.acquire();
  pool.discard(again);
  assert.throws(() => pool.release(again), NotBorrowedError);
});

test('refuses a resource that it has already', async () => {
  const same = { id: 1 };
  const { pool } = setUp({ create: () => same });
  const first = await pool.acquire();
  await assert.rejects(pool.acquire(), /Expected `create` to make a new resource/);
  pool.release(first);
  assert.deepEqual([pool.stats().total, pool.stats().idle], [1, 1]);
});

test('a discarded resource makes room for a new one, when it is really gone', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { clock, pool } = setUp({ max: 1, destroy: () => promise });
  const first = await pool.acquire();
  const second = pool.acquire();
  pool.discard(first);
  await clock.settle();
  assert.deepEqual([pool.stats().total, pool.stats().created], [1, 1]);
  resolve();
  assert.notEqual(await second, first);
});

test('a destroy that hangs or fails gives its place away, and is counted', async () => {
  const { clock, pool } = setUp({ max: 1, destroyTimeoutMs: 20, destroy: never });
  pool.discard(await pool.acquire());
  const next = pool.acquire();
  await clock.advance(20);
  pool.discard(await next);
  await clock.advance(20);
  assert.deepEqual([pool.stats().total, pool.stats().destroyFailures], [0, 2]);
});

test('idle resources time out longest idle first, with one timer that keeps no process alive', async () => {
  const { clock, destroyed, pool } = setUp({ max: 3, idleTimeoutMs: 100 });
  const [a, b, c] = [await pool.acquire(), await pool.acquire(), await pool.acquire()];
  pool.release(a);
  await clock.advance(30);
  pool.release(b);
  await clock.advance(30);
  pool.release(c);
  assert.deepEqual(
    clock.pending.map((timer) => timer.hasRef()),
    [false],
  );
  await clock.advance(40);
  assert.deepEqual(destroyed, [0]);
  assert.equal(await pool.acquire(), c);
  pool.release(c);
  await clock.advance(99);
  assert.deepEqual(destroyed, [0, 1]);
  await clock.advance(1);
  assert.deepEqual(destroyed, [0, 1, 2]);
  assert.deepEqual([pool.stats().total, clock.pending.length], [0, 0]);
});

test('does not lend a resource past its idle time, even if the timer is late', async () => {
  let nowMs = 0;
  const { destroyed, pool } = setUp({ idleTimeoutMs: 100, now: () => nowMs });
  pool.release(await pool.acquire());
  nowMs = 100;
  assert.equal((await pool.acquire()).id, 1);
  assert.deepEqual(destroyed, [0]);
});

test('a waiting borrower keeps the process alive', async () => {
  const { clock, pool } = setUp({ max: 1, create: () => ({ id: 1 }) });
  await pool.acquire();
  const waiting = pool.acquire();
  assert.deepEqual(
    clock.pending.map((timer) => timer.hasRef()),
    [true],
  );
  const turnedAway = assert.rejects(waiting, { name: 'PoolClosedError' });
  await pool.destroy();
  await turnedAway;
});

test('bounds those who wait for a release, not those who wait for a create', async () => {
  const { clock, pool } = setUp({ max: 2, maxWaiting: 1 });
  const all = Array.from({ length: 4 }, () => pool.acquire());
  const full = await Promise.allSettled([all[3]]);
  assert.match(
    String(full[0]?.status === 'rejected' && full[0].reason),
    /PoolFullError: Expected fewer than 1 waiting/,
  );
  await Promise.all(all.slice(0, 2));
  assert.equal(pool.stats().waiting, 1);
  const none = setUp({ max: 1, maxWaiting: 0 });
  assert.equal((await none.pool.acquire()).id, 0);
  await assert.rejects(none.pool.acquire(), { name: 'PoolFullError' });
  const away = assert.rejects(all[2] ?? never(), { name: 'AcquireTimeoutError' });
  await clock.advance(30_000);
  await away;
});

test('use gives back whether it ends well or not, and lets its function discard', async () => {
  const { destroyed, pool } = setUp({ max: 1 });
  assert.equal(await pool.use(({ id }) => id + 1), 1);
  await assert.rejects(
    pool.use(() => {
      throw new Error('at once');
    }),
    /at once/,
  );
  await assert.rejects(
    pool.use(async (resource) => {
      pool.discard(resource);
      await Promise.reject(new Error('broken pipe'));
    }),
    /broken pipe/,
  );
  assert.deepEqual(destroyed, [0]);
  assert.equal(await pool.use(({ id }) => id), 1);
  assert.deepEqual([pool.stats().borrowed, pool.stats().idle], [0, 1]);
});

test('drain serves those who wait, then destroys everything and resolves', async () => {
  const { clock, destroyed, pool } = setUp();
  const [a, b] = [await pool.acquire(), await pool.acquire()];
  const waiting = pool.acquire();
  let drained = false;
  const drain = pool.drain().then(() => (drained = true));
  await assert.rejects(pool.acquire(), { name: 'PoolClosedError' });
  pool.release(a);
  assert.equal(await waiting, a);
  pool.release(b);
  await clock.settle();
  assert.deepEqual([drained, destroyed], [false, [1]]);
  pool.release(a);
  await drain;
  assert.deepEqual(destroyed, [1, 0]);
  await pool.drain();
});

test('drain of a pool whose last waiter leaves resolves too', async () => {
  const { clock, pool } = setUp({ max: 1, acquireTimeoutMs: 10, create: never, createTimeoutMs: 20 });
  const rejected = assert.rejects(pool.acquire(), { name: 'AcquireTimeoutError' });
  const drain = pool.drain();
  await clock.advance(20);
  await Promise.all([rejected, drain]);
  assert.deepEqual(clock.pending, []);
});

test('destroy rejects waiters, aborts creation, and destroys borrowed resources when they come back', async () => {
  const signals: AbortSignal[] = [];
  let calls = 0;
  const { clock, destroyed, pool } = setUp({
    create: (signal) => {
      signals.push(signal);
      return calls++ === 0 ? { id: 0 } : never();
    },
  });
  const borrowed = await pool.acquire();
  const waiting = assert.rejects(pool.acquire(), { name: 'PoolClosedError' });
  await clock.settle();
  await pool.destroy();
  await waiting;
  assert.deepEqual([signals.map(({ aborted }) => aborted), destroyed], [[false, true], []]);
  pool.release(borrowed);
  await pool.drain();
  assert.deepEqual(destroyed, [0]);
  assert.deepEqual(clock.pending, []);
});

test('refuses options it cannot follow, by name', () => {
  const good = { create: () => ({}), destroy: () => {} };
  assert.throws(() => createPool({ ...good, max: 0 }), /`max` to be a positive integer, got `0` \(number\)/);
  assert.throws(
    () => createPool({ ...good, maxWaiting: -1 }),
    /`maxWaiting` to be a whole number of at least 0, got `-1`/,
  );
  assert.throws(() => createPool({ ...good, idleTimeoutMs: Number.NaN }), /`idleTimeoutMs`/);
  assert.throws(
    () => createPool({ ...good, acquireTimeoutMs: 2 ** 31 }),
    /between 0 and 2147483647 milliseconds/,
  );
  assert.throws(
    () => Reflect.apply(createPool, null, [{ destroy: good.destroy }]),
    /`create` to be a function, got `undefined`/,
  );
});
