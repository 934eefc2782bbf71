import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPool } from '../../../src/components/pool/index.ts';
import type { PoolEvent, PoolOptions } from '../../../src/components/pool/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

interface Resource {
  readonly id: number;
}

function setUp(options: Partial<PoolOptions<Resource>> = {}) {
  const clock = new VirtualClock();
  const destroyed: number[] = [];
  const events: PoolEvent<Resource>[] = [];
  let ids = 0;
  const pool = createPool<Resource>({
    create: () => ({ id: ids++ }),
    destroy: ({ id }) => void destroyed.push(id),
    max: 2,
    timers: clock,
    now: clock.nowMs,
    random: () => 0.5,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  const ofType = <N extends PoolEvent<Resource>['type']>(type: N) =>
    events.filter((event): event is Extract<PoolEvent<Resource>, { type: N }> => event.type === type);
  return { clock, destroyed, pool, events, ofType };
}

test('has its minimum before anybody asks, keeps it through idle times, and refills it', async () => {
  const { clock, destroyed, pool } = setUp({ min: 2, max: 4, idleTimeoutMs: 100 });
  await clock.settle();
  assert.deepEqual([pool.stats().idle, pool.stats().created], [2, 2]);
  const borrowed = await Promise.all([1, 2, 3].map(() => pool.acquire()));
  for (const resource of borrowed) pool.release(resource);
  assert.equal(pool.stats().idle, 3);
  await clock.advance(1000);
  assert.deepEqual([pool.stats().total, destroyed.length], [2, 1]);
  pool.discard(await pool.acquire());
  await clock.settle();
  assert.deepEqual([pool.stats().total, pool.stats().created], [2, 4]);
  await pool.destroy();
  assert.deepEqual([pool.stats().total, clock.pending.length], [0, 0]);
});

test('a minimum that cannot be created is tried again and again, with growing waits, never in a hot loop', async () => {
  const attempts: number[] = [];
  const { clock, pool } = setUp({
    min: 1,
    create: () => {
      attempts.push(clock.nowMs());
      throw new Error('refused');
    },
    createBackoff: { initialMs: 200, maxMs: 5000, factor: 2, jitter: 0 },
  });
  await clock.advance(10_000);
  assert.deepEqual(attempts, [0, 200, 600, 1400, 3000, 6200]);
  assert.deepEqual(
    clock.pending.map((timer) => timer.hasRef()),
    [false],
    'nobody waits for it',
  );
  await pool.drain();
  assert.deepEqual(clock.pending, []);
});

test('create is retried with back-off before a borrower hears of it', async () => {
  const attempts: number[] = [];
  const { clock, pool, ofType } = setUp({
    create: () => {
      attempts.push(clock.nowMs());
      if (attempts.length < 4) throw new Error(`refused ${attempts.length}`);
      return { id: 7 };
    },
    createRetries: 3,
    createBackoff: { initialMs: 1000, factor: 1, jitter: 0 },
  });
  const acquired = pool.acquire();
  await clock.advance(3000);
  assert.equal((await acquired).id, 7);
  assert.deepEqual(attempts, [0, 1000, 2000, 3000]);
  assert.deepEqual(
    ofType('create-failed').map(({ retryInMs }) => retryInMs),
    [1000, 1000, 1000],
  );
  assert.deepEqual([pool.stats().createFailures, pool.stats().create.maxMs], [3, 3000]);
});

test('retries end when the borrower has left, and the place is free', async () => {
  const controller = new AbortController();
  let attempts = 0;
  const { clock, pool } = setUp({
    create: () => {
      attempts++;
      throw new Error('refused');
    },
    createRetries: 100,
  });
  const left = assert.rejects(pool.acquire({ signal: controller.signal }), /left/);
  await clock.settle();
  controller.abort(new Error('left'));
  await left;
  await clock.advance(60_000);
  assert.deepEqual([attempts, pool.stats().total, clock.pending.length], [1, 0, 0]);
});

test('destroy ends the wait between two attempts to create', async () => {
  const { clock, pool } = setUp({
    create: () => Promise.reject(new Error('refused')),
    createRetries: 5,
  });
  const rejected = assert.rejects(pool.acquire(), { name: 'PoolClosedError' });
  await clock.settle();
  await pool.destroy();
  await rejected;
  assert.deepEqual(clock.pending, []);
});

test('an acquire that times out while none can be created says why', async () => {
  const { clock, pool } = setUp({
    acquireTimeoutMs: 500,
    create: () => Promise.reject(new Error('connection refused')),
    createRetries: 100,
  });
  const failed = pool.acquire().catch((error: unknown) => error);
  await clock.advance(500);
  const error = await failed;
  assert.ok(error instanceof Error && error.name === 'AcquireTimeoutError');
  assert.match(String(error.cause), /connection refused/);
  await pool.destroy();
});

test('checks a resource that was idle for a while, and not one that was just used', async () => {
  const checked: number[] = [];
  const { clock, destroyed, pool, ofType } = setUp({
    validateIfIdleMs: 500,
    validate: async ({ id }) => {
      checked.push(id);
      return id > 0;
    },
  });
  pool.release(await pool.acquire());
  await clock.advance(499);
  pool.release(await pool.acquire());
  assert.deepEqual(checked, []);
  await clock.advance(500);
  const fresh = await pool.acquire();
  assert.deepEqual([fresh.id, checked, destroyed], [1, [0], [0]]);
  assert.deepEqual([pool.stats().validationFailures, ofType('invalid').length], [1, 1]);
  pool.release(fresh);
  await clock.advance(500);
  assert.equal(await pool.acquire(), fresh);
  assert.deepEqual(checked, [0, 1]);
});

test('a check that throws or hangs costs its resource, nobody waits for ever', async () => {
  let calls = 0;
  const { clock, destroyed, pool } = setUp({
    validateIfIdleMs: 0,
    validateTimeoutMs: 100,
    validate: () => {
      calls++;
      if (calls === 1) throw new Error('socket closed');
      return new Promise(() => {});
    },
  });
  const both = [await pool.acquire(), await pool.acquire()];
  for (const resource of both) pool.release(resource);
  const next = pool.acquire();
  await clock.advance(99);
  assert.deepEqual([destroyed, pool.stats().checking], [[1], 1], 'one failed, the other is tried');
  await clock.advance(1);
  assert.equal((await next).id, 2, 'then a new one is made');
  assert.deepEqual([destroyed, pool.stats().validationFailures], [[1, 0], 2]);
});

test('those who wait are served in order of arrival even when a check is slow', async () => {
  const { clock, pool } = setUp({
    validateIfIdleMs: 100,
    validate: () => new Promise((resolve) => void clock.setTimeout(() => resolve(true), 50)),
  });
  const both = [await pool.acquire(), await pool.acquire()];
  for (const resource of both) pool.release(resource);
  await clock.advance(200);
  const order: string[] = [];
  const first = pool.acquire().then((resource) => (order.push('first'), resource));
  const second = pool.acquire().then((resource) => (order.push('second'), resource));
  await clock.advance(50);
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first', 'second']);
});

test('a latecomer does not get a fresh resource while somebody waits for the check of another', async () => {
  let checks = 0;
  const { clock, pool } = setUp({
    keepAliveMs: 100,
    validateIfIdleMs: 60,
    validate: () =>
      checks++ === 0 || new Promise<boolean>((resolve) => void clock.setTimeout(() => resolve(true), 50)),
  });
  const [a, b] = [await pool.acquire(), await pool.acquire()];
  pool.release(a);
  await clock.advance(50);
  pool.release(b);
  // At 100 the lower one was checked, to keep it alive: now it is fresh, and the upper one is not.
  await clock.advance(90);
  const first = pool.acquire();
  assert.equal(pool.stats().checking, 1);
  const second = pool.acquire();
  assert.equal(await first, a);
  await clock.advance(50);
  assert.equal(await second, b);
});

test('idle resources are checked now and then to keep them alive', async () => {
  const checked: [number, number][] = [];
  const { clock, destroyed, pool } = setUp({
    idleTimeoutMs: 0,
    keepAliveMs: 1000,
    validate: ({ id }) => {
      checked.push([clock.nowMs(), id]);
      return clock.nowMs() < 3000;
    },
  });
  const [a, b] = [await pool.acquire(), await pool.acquire()];
  pool.release(a);
  await clock.advance(300);
  pool.release(b);
  await clock.advance(2000);
  assert.deepEqual(checked, [
    [1000, 0],
    [1300, 1],
    [2000, 0],
    [2300, 1],
  ]);
  assert.equal(await pool.acquire(), b, 'the one used last is still on top');
  await clock.advance(1000);
  assert.deepEqual(destroyed, [0]);
});

test('a resource is replaced after its uses', async () => {
  const { pool, ofType, clock } = setUp({ max: 1, maxUses: 3 });
  const ids: number[] = [];
  for (let use = 0; use < 7; use++) await pool.use(({ id }) => ids.push(id));
  assert.deepEqual(ids, [0, 0, 0, 1, 1, 1, 2]);
  await clock.settle();
  assert.deepEqual(
    ofType('retired').map(({ reason }) => reason),
    ['uses', 'uses'],
  );
});

test('a lifetime is shortened at random, and ends a resource when it is idle or comes back', async () => {
  const randoms = [0, 0.5, 0];
  const { clock, destroyed, pool, ofType } = setUp({
    max: 3,
    idleTimeoutMs: 0,
    maxLifetimeMs: 1000,
    lifetimeJitter: 0.1,
    random: () => randoms.shift() ?? 0,
  });
  const [a, b, c] = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  pool.release(a);
  pool.release(b);
  await clock.advance(949);
  assert.deepEqual(destroyed, []);
  await clock.advance(1);
  assert.deepEqual(destroyed, [1], '1000 ms less half of a tenth');
  await clock.advance(50);
  assert.deepEqual(destroyed, [1, 0]);
  pool.release(c);
  await clock.settle();
  assert.deepEqual(destroyed, [1, 0, 2]);
  assert.ok(ofType('retired').every(({ reason }) => reason === 'lifetime'));
});

test('does not lend a resource past its lifetime, even if the timer is late', async () => {
  let nowMs = 0;
  const { destroyed, pool } = setUp({ maxLifetimeMs: 100, lifetimeJitter: 0, now: () => nowMs });
  pool.release(await pool.acquire());
  nowMs = 100;
  assert.equal((await pool.acquire()).id, 1);
  assert.deepEqual(destroyed, [0]);
});

test('reports who holds a resource too long, once, and when it comes back', async () => {
  const { clock, pool, ofType } = setUp({ leakThresholdMs: 2000 });
  async function theLeakyBorrower(): Promise<Resource> {
    return pool.acquire();
  }
  const leaked = await theLeakyBorrower();
  const quick = await pool.acquire();
  await clock.advance(1999);
  pool.release(quick);
  assert.equal(ofType('leak').length, 0);
  await clock.advance(5000);
  const [leak] = ofType('leak');
  assert.ok(leak !== undefined && leak.resource === leaked && leak.heldMs === 2000);
  assert.match(leak.stack.split('\n')[0] ?? '', /^\s+at theLeakyBorrower /);
  assert.deepEqual([ofType('leak').length, pool.stats().leaks], [1, 1]);
  pool.release(leaked);
  const [back] = ofType('leak-returned');
  assert.ok(back?.heldMs === 6999 && back.stack === leak.stack);
  assert.deepEqual(
    clock.pending.map((timer) => timer.hasRef()),
    [false],
    'only the idle timer, which nobody waits for',
  );
});

test('names the borrower also when it had to wait', async () => {
  const { clock, pool, ofType } = setUp({ max: 1, leakThresholdMs: 100 });
  const first = await pool.acquire();
  async function theWaitingBorrower(): Promise<Resource> {
    return pool.acquire();
  }
  const waiting = theWaitingBorrower();
  pool.release(first);
  await waiting;
  await clock.advance(100);
  assert.match(ofType('leak')[0]?.stack ?? '', /theWaitingBorrower/);
});

test('a lease ends its own borrowing and no other', async () => {
  const { pool } = setUp({ max: 1 });
  const lease = await pool.lease();
  lease.release();
  assert.throws(() => lease.release(), { name: 'NotBorrowedError', message: /its lease has ended/ });
  const first = await pool.lease();
  pool.release(first.resource);
  const second = await pool.lease();
  assert.equal(second.resource, first.resource);
  assert.throws(() => first.release(), {
    name: 'NotBorrowedError',
    message: /given back already, and lent again/,
  });
  assert.equal(pool.stats().borrowed, 1, 'the second borrower still has it');
  second.discard();
  assert.equal(pool.stats().idle, 0);
});

test('a lease gives back at the end of its scope', async () => {
  const { pool } = setUp({ max: 1 });
  {
    using lease = await pool.lease();
    assert.equal(lease.resource.id, 0);
  }
  {
    using lease = await pool.lease();
    lease.release();
  }
  assert.deepEqual([pool.stats().idle, pool.stats().acquires], [1, 2]);
});

test('use leaves alone what its function gave back, even if it was lent again', async () => {
  const { pool } = setUp({ max: 1 });
  let other: Resource | undefined;
  await pool.use(async (resource) => {
    const next = pool.acquire();
    pool.release(resource);
    other = await next;
  });
  assert.equal(pool.stats().borrowed, 1);
  assert.ok(other !== undefined);
  pool.release(other);
});

test('measures waits, uses, creation and utilization', async () => {
  const { clock, pool } = setUp({
    max: 2,
    create: () => new Promise((resolve) => void clock.setTimeout(() => resolve({ id: 1 }), 30)),
  });
  const acquired = pool.acquire();
  await clock.advance(100);
  pool.release(await acquired);
  await clock.advance(10);
  await pool.acquire();
  await clock.advance(30);
  const { wait, use, create, utilization } = pool.stats();
  assert.deepEqual([wait.count, wait.maxMs, use.count, use.maxMs, create.maxMs], [2, 30, 1, 70, 30]);
  // 70 ms and 30 ms of two places over 140 ms.
  assert.ok(Math.abs(utilization - 100 / 280) < 1e-9);
});

test('tells what happens, in order, and survives a listener that throws', async () => {
  const { pool, events, clock } = setUp({ max: 1 });
  await pool.use(() => undefined);
  pool.discard(await pool.acquire());
  await clock.settle();
  assert.deepEqual(
    events.map(({ type }) => type),
    ['created', 'acquired', 'released', 'acquired', 'released', 'retired'],
  );
  const thrown = Promise.withResolvers<unknown>();
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', thrown.resolve);
  try {
    const noisy = setUp({
      onEvent: ({ type }) => {
        if (type === 'released') throw new Error('bad listener');
      },
    });
    await noisy.pool.use(() => undefined);
    assert.match(String(await thrown.promise), /bad listener/);
    assert.equal(noisy.pool.stats().idle, 1);
  } finally {
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});

test('F15: 10 to 100 connections, each for 50,000 queries, idle for 300 s, commands for 30 s', async () => {
  const { clock, destroyed, pool, ofType } = setUp({
    min: 10,
    max: 100,
    maxUses: 50_000,
    idleTimeoutMs: 300_000,
  });
  await clock.settle();
  assert.equal(pool.stats().idle, 10);
  for (let query = 0; query < 50_000; query++) pool.release(await pool.acquire());
  await clock.settle();
  assert.equal(ofType('retired').filter(({ reason }) => reason === 'uses').length, 1);
  assert.deepEqual([destroyed, pool.stats().total], [[9], 10], 'the one on top, replaced');
  const borrowed = await Promise.all(Array.from({ length: 100 }, () => pool.acquire()));
  assert.equal(pool.stats().total, 100);
  const late = assert.rejects(pool.acquire(), { name: 'AcquireTimeoutError' });
  await clock.advance(30_000);
  await late;
  for (const resource of borrowed) pool.release(resource);
  await clock.advance(299_999);
  assert.equal(pool.stats().total, 100);
  await clock.advance(1);
  await clock.settle();
  assert.equal(pool.stats().total, 10);
  // A command that takes too long: its connection is not lent again.
  const connection = await pool.acquire();
  pool.discard(connection);
  await clock.settle();
  assert.ok(destroyed.includes(connection.id));
  await pool.drain();
  assert.equal(pool.stats().total, 0);
});

test('C12: 100 connections, 5 min idle, 30 s to connect, 3 retries with 1 s in between', async () => {
  let mode: 'refuses' | 'stalls' | 'works' = 'refuses';
  let attempts = 0;
  let ids = 0;
  const { clock, pool } = setUp({
    max: 100,
    idleTimeoutMs: 300_000,
    createTimeoutMs: 30_000,
    acquireTimeoutMs: 0,
    createRetries: 3,
    createBackoff: { initialMs: 1000, factor: 1, jitter: 0 },
    keepAliveMs: 60_000,
    validate: () => mode === 'works',
    create: () => {
      attempts++;
      if (mode === 'refuses') throw new Error('ECONNREFUSED');
      return mode === 'stalls' ? new Promise(() => {}) : { id: ids++ };
    },
  });
  const refused = assert.rejects(pool.acquire(), /ECONNREFUSED/);
  await clock.advance(3000);
  await refused;
  assert.equal(attempts, 4);
  mode = 'stalls';
  const stalled = assert.rejects(pool.acquire(), { name: 'CreateTimeoutError' });
  await clock.advance(4 * 30_000 + 3 * 1000);
  await stalled;
  assert.equal(attempts, 8);
  mode = 'works';
  const all = await Promise.all(Array.from({ length: 100 }, () => pool.acquire()));
  for (const connection of all) pool.release(connection);
  await clock.advance(60_000);
  assert.equal(pool.stats().idle, 100, 'healthy connections stay');
  mode = 'refuses';
  await clock.advance(60_000);
  assert.deepEqual(
    [pool.stats().idle, pool.stats().validationFailures],
    [0, 100],
    'reset ones are found and go',
  );
  mode = 'works';
  pool.release(await pool.acquire());
  await clock.advance(299_999);
  assert.equal(pool.stats().idle, 1);
  await clock.advance(1);
  assert.equal(pool.stats().total, 0);
});

test('refuses options that contradict each other', () => {
  const good = { create: () => ({}), destroy: () => {} };
  assert.throws(() => createPool({ ...good, min: 3, max: 2 }), /`min` to be at most max \(2\), got `3`/);
  assert.throws(() => createPool({ ...good, keepAliveMs: 10 }), /`validate` to be a function/);
  assert.throws(() => createPool({ ...good, lifetimeJitter: 2 }), /`lifetimeJitter`/);
  assert.throws(() => createPool({ ...good, maxUses: 0.5 }), /`maxUses`/);
  assert.throws(() => createPool({ ...good, createBackoff: { factor: 0 } }), /`createBackoff\.factor`/);
});
