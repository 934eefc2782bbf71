import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import { startModuleServer } from '../../../src/server/upstream/module-server.ts';
import { startModuleThread } from '../../../src/server/upstream/start-module-thread.ts';
import { createUpstream } from '../../../src/server/upstream/upstream.ts';
import type { ServerConfig } from '../../../src/server/config/server-config.ts';
import type { Upstream } from '../../../src/server/upstream/upstream.ts';
import { createCorpus } from '../../../src/server/work/corpus.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const key = new Uint8Array(32).fill(7);
const corpus = createCorpus(3, 128);
const path = `/topics/${corpus.topics[0]?.name}`;
const timers = { setTimeout, clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer) };

interface SetUp {
  readonly config?: Partial<ServerConfig>;
  readonly port?: number;
  readonly clock?: VirtualClock;
}

async function setUp(context: TestContext, { config = {}, port, clock }: SetUp = {}): Promise<Upstream> {
  const server = port === undefined ? await startModuleServer(corpus, key) : null;
  const upstream = createUpstream(
    { ...resolveConfig().config, retryAttempts: 0, connectionTimeoutMs: 600_000, ...config },
    {
      address: { port: port ?? server?.port ?? 0, key },
      now: clock?.nowMs ?? (() => performance.now()),
      timers: clock ?? timers,
    },
  );
  context.after(async () => {
    await upstream.close();
    await server?.close();
  });
  return upstream;
}

describe('calls of the module service', () => {
  test('are answered with a summary of the topic, and with nothing for an unknown one', async (context) => {
    const upstream = await setUp(context);
    const reply = await upstream.call(path);
    assert.ok(typeof reply === 'object' && reply !== null && 'keywords' in reply && 'summary' in reply);
    assert.equal(await upstream.call('/topics/nothing'), undefined);
  });

  test('share the connections of the pool', async (context) => {
    const upstream = await setUp(context);
    for (let index = 0; index < 10; index++) await upstream.call(path);
    assert.deepEqual([upstream.stats().connected, upstream.stats().calls], [1, 10]);
    await Promise.all(Array.from({ length: 8 }, () => upstream.call(path)));
    assert.ok(upstream.stats().connected <= 8);
  });

  test('are timed when they are answered, and only then', async (context) => {
    const module = await startModuleServer(corpus, key);
    let nowMs = 0;
    const took: number[] = [];
    const upstream = createUpstream(
      { ...resolveConfig().config, pool: false },
      {
        address: { port: module.port, key },
        now: () => (nowMs += 5),
        timers,
        onAnswer: (ms) => took.push(ms),
      },
    );
    context.after(async () => {
      await upstream.close();
      await module.close();
    });
    await upstream.call(path);
    assert.deepEqual(took, [5]);
    await assert.rejects(upstream.call(path, AbortSignal.abort(new Error('gone'))));
    assert.deepEqual(took, [5]);
  });

  test('have each a connection of their own without the pool', async (context) => {
    const upstream = await setUp(context, { config: { pool: false } });
    for (let index = 0; index < 5; index++) await upstream.call(path);
    assert.equal(upstream.stats().connected, 5);
    assert.equal(upstream.stats().pool, null);
  });

  test('stop waiting when their signal aborts', async (context) => {
    const upstream = await setUp(context);
    await assert.rejects(upstream.call(path, AbortSignal.abort(new Error('gone'))));
    assert.ok(await upstream.call(path));
  });
});

describe('a service that is not there', () => {
  test('is connected to again as often as configured, later each time, and then told of', async (context) => {
    const refusing = createServer();
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const address = refusing.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    refusing.close();
    await once(refusing, 'close');
    const clock = new VirtualClock();
    const upstream = await setUp(context, {
      config: { retryAttempts: 2, retryDelayMs: 100 },
      port,
      clock,
    });
    const failed = assert.rejects(upstream.call(path), /ECONNREFUSED/);
    // The clock moves only when an attempt has failed, however long that took.
    for (const failures of [1, 2]) {
      while ((upstream.stats().pool?.createFailures ?? 0) < failures) await nextTurn();
      await clock.advance(1_000);
    }
    await failed;
    assert.equal(upstream.stats().pool?.createFailures, 3);
    assert.equal(upstream.stats().failures, 1);
  });

  test('that hangs up in a call costs that call, and the next one has a new connection', async (context) => {
    let cut = 2;
    const server = await startModuleServer(corpus, key);
    const proxy = createServer((socket) => {
      // The first connections end within the handshake.
      if (cut-- > 0) socket.destroy();
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const upstream = await setUp(context, {
      port: typeof address === 'object' && address !== null ? address.port : 0,
    });
    await assert.rejects(upstream.call(path), /the module service did not answer/);
    await assert.rejects(upstream.call(path), /the module service did not answer/);
    assert.equal(upstream.stats().failures, 2);
    proxy.close();
    await server.close();
  });

  test('is not spoken to with another key', async (context) => {
    const server = await startModuleServer(corpus, new Uint8Array(32).fill(8));
    context.after(() => server.close());
    const upstream = await setUp(context, { port: server.port });
    await assert.rejects(upstream.call(path), { name: 'UpstreamError' });
  });

  test('that never answers is given up after the time-out', { timeout: 120_000 }, async (context) => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    context.after(() => silent.close());
    const address = silent.address();
    const upstream = await setUp(context, {
      config: { connectionTimeoutMs: 30, pool: false },
      port: typeof address === 'object' && address !== null ? address.port : 0,
    });
    await assert.rejects(upstream.call(path), /expected a reply within 30 ms/);
  });
});

test('the service answers from a thread of its own, with the corpus of the seed', async (context) => {
  const thread = await startModuleThread({ seed: 3, passages: 128, key });
  const upstream = await setUp(context, { port: thread.port });
  context.after(() => thread.stop());
  const own = await setUp(context);
  assert.deepEqual(await upstream.call(path), await own.call(path));
});

test('a module thread that dies is started again at the same place, later each time, and calls fail meanwhile', async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const ends: ((why: string) => void)[] = [];
  const ports: (number | undefined)[] = [];
  let isBroken = false;
  const thread = await startModuleThread(
    { seed: 3, passages: 128, key },
    {
      timers: clock,
      now: clock.nowMs,
      log: (line) => void log.push(line),
      spawn: async ({ port }) => {
        ports.push(port);
        if (isBroken) throw new Error('no memory');
        const { promise: ended, resolve } = Promise.withResolvers<string>();
        ends.push(resolve);
        return { port: port ?? 77, ended, end: async () => resolve('asked to') };
      },
    },
  );
  ends[0]?.('heap out of memory');
  await clock.advance(249);
  assert.equal(thread.restarts(), 0);
  await clock.advance(1);
  assert.deepEqual([thread.restarts(), thread.port, ports], [1, 77, [undefined, 77]]);
  isBroken = true;
  ends[1]?.('exit code 1');
  await clock.advance(500 + 1_000 + 2_000);
  assert.equal(thread.restarts(), 4);
  isBroken = false;
  await clock.advance(4_000);
  assert.match(log[0] ?? '', /ended \(heap out of memory\): it is started again in 250 ms/);
  assert.equal(log.at(-1), 'the module service is back');
  await thread.stop();
  await clock.advance(100_000);
  assert.equal(clock.pending.length, 0, 'not after it was stopped');
});

test(
  'C12: a real thread that is killed is back for the same clients',
  { timeout: 240_000 },
  async (context) => {
    const lines: string[] = [];
    const { promise: back, resolve } = Promise.withResolvers<void>();
    const thread = await startModuleThread(
      { seed: 3, passages: 128, key },
      {
        timers,
        now: () => performance.now(),
        log(line) {
          lines.push(line);
          if (line.includes('is back')) resolve();
        },
      },
    );
    context.after(() => thread.stop());
    const upstream = await setUp(context, { port: thread.port });
    assert.ok(await upstream.call(path));
    await thread.kill();
    await assert.rejects(upstream.call(path), /the module service did not answer/);
    await back;
    assert.ok(await upstream.call(path));
    assert.equal(thread.restarts(), 1);
  },
);

describe('C12: the documented pool', () => {
  /** A service behind `refuse`, `stall` or `reset`; the attempts are counted where they arrive. */
  async function faulty(
    context: TestContext,
    fault: 'stall' | 'reset',
  ): Promise<{ port: number; attempts: () => number }> {
    let attempts = 0;
    const server = createServer((socket) => {
      attempts++;
      socket.on('error', () => undefined);
      context.after(() => socket.destroy());
      if (fault === 'reset') socket.resetAndDestroy();
      else socket.resume();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const address = server.address();
    return {
      port: typeof address === 'object' && address !== null ? address.port : 0,
      attempts: () => attempts,
    };
  }

  test('C12: has 100 connections, 5 minutes idle, 30 s to connect, 3 retries after 1 s', () => {
    const { maxConnections, maxIdleMs, connectionTimeoutMs, retryAttempts, retryDelayMs } =
      resolveConfig().config;
    assert.deepEqual(
      [maxConnections, maxIdleMs, connectionTimeoutMs, retryAttempts, retryDelayMs],
      [100, 300_000, 30_000, 3, 1_000],
    );
  });

  test('C12: a server that resets is tried four times, each after a wait, before the call fails', async (context) => {
    const { port, attempts } = await faulty(context, 'reset');
    const clock = new VirtualClock();
    const documented = resolveConfig().config;
    const upstream = await setUp(context, {
      config: { retryAttempts: documented.retryAttempts, retryDelayMs: documented.retryDelayMs },
      port,
      clock,
    });
    const failed = assert.rejects(upstream.call(path), /the module service did not answer/);
    while ((upstream.stats().pool?.createFailures ?? 0) < 1) await nextTurn();
    for (let turn = 0; turn < 100; turn++) await nextTurn();
    assert.equal(attempts(), 1, 'only time that passes makes a further attempt');
    for (let failures = 1; failures <= 3; failures++) {
      while ((upstream.stats().pool?.createFailures ?? 0) < failures) await nextTurn();
      await clock.advance(30_000);
    }
    await failed;
    assert.deepEqual([attempts(), upstream.stats().pool?.createFailures], [4, 4]);
  });

  test('C12: a server that stalls is given up when 30 s are over, and not before', async (context) => {
    const { port } = await faulty(context, 'stall');
    const clock = new VirtualClock();
    const upstream = await setUp(context, {
      config: { connectionTimeoutMs: 30_000, retryAttempts: 0 },
      port,
      clock,
    });
    let isOver = false;
    const failed = assert.rejects(upstream.call(path)).then(() => (isOver = true));
    await clock.settle();
    await clock.advance(29_999);
    assert.equal(isOver, false);
    await clock.advance(1);
    await failed;
    assert.equal(upstream.stats().failures, 1);
  });

  test('C12: a connection is kept for 5 minutes without use, and no longer', async (context) => {
    const clock = new VirtualClock();
    const upstream = await setUp(context, { config: { maxIdleMs: 300_000 }, clock });
    await upstream.call(path);
    await clock.advance(299_000);
    assert.equal(upstream.stats().pool?.total, 1);
    await clock.advance(61_000);
    assert.equal(upstream.stats().pool?.total, 0);
  });

  test('C12: more callers than connections wait, and no more connections are made than configured', async (context) => {
    const upstream = await setUp(context, { config: { maxConnections: 4 } });
    const replies = await Promise.all(Array.from({ length: 40 }, () => upstream.call(path)));
    assert.ok(replies.every((reply) => reply !== undefined));
    assert.ok(upstream.stats().connected <= 4);
  });
});
