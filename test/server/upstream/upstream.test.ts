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
