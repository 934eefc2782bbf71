import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { nodeEventLoop } from '../../src/load/engine/event-loop.ts';
import { createTcpTransport } from '../../src/load/connections/tcp-transport.ts';
import { tlsEndpoint } from './tls-endpoint.ts';
import { startScriptedServer } from '../../src/server/scripted-server.ts';
import { flow, limits, loadPlan, phase, step } from './plans.ts';
import { counted, createEngine, errorsByClass } from './run-engine.ts';
import type { LoadLimits, StepPlan } from '../../src/model/plan.ts';
import type { Script } from '../../src/server/script.ts';

interface Options {
  readonly requests?: number;
  readonly tls?: boolean;
  readonly limits?: Partial<LoadLimits>;
  readonly step?: Partial<StepPlan>;
  /** Its clock; timers are real. */
  readonly now?: () => number;
}

/** Send a few requests over one real connection; returns the failures by class, and how many succeeded. */
async function load(port: number, options: Options = {}): Promise<Record<string, number>> {
  const plan = loadPlan({
    phases: [
      phase({
        arrivals: { model: 'closed', users: 1 },
        connections: 1,
        maxRequests: options.requests ?? 1,
        forNs: 10e9,
      }),
    ],
    flows: [flow([step(options.step)])],
    limits: { ...limits, timeoutNs: 5e9, connectTimeoutNs: 5e9, gracefulStopNs: 0, ...options.limits },
  });
  const transport = createTcpTransport({
    address: '127.0.0.1',
    port,
    tls: options.tls === true ? tlsEndpoint() : null,
  });
  const { engine, intervals } = createEngine(
    plan,
    { ...nodeEventLoop, now: options.now ?? nodeEventLoop.now },
    transport,
  );
  await engine.run();
  const succeeded = counted(intervals, 'throughput');
  return { ...errorsByClass(intervals), ...(succeeded > 0 ? { ok: succeeded } : {}) };
}

async function against(script: Script, options: Options = {}): Promise<Record<string, number>> {
  const server = await startScriptedServer(script);
  try {
    return await load(server.port, options);
  } finally {
    await server.close();
  }
}

/** A connection is stale when it is reset soon after the send: here, however long the machine stands still. */
const slowly = (): number => nodeEventLoop.now() / 1000;
const raw = (bytes: string): Script => ({ kind: 'raw', bytes });

const cases: readonly [string, Script, Record<string, number>, Options?][] = [
  ['a good reply', { kind: 'timed', warmupRequests: 0, delayNs: 0, stall: null }, { ok: 3 }, { requests: 3 }],
  ['no reply in time', { kind: 'silent' }, { timeout: 1 }, { limits: { timeoutNs: 50e6 } }],
  [
    'a reply that drips too slowly',
    { kind: 'slow', bodyBytes: 1000, everyNs: 20e6 },
    { timeout: 1 },
    { limits: { timeoutNs: 100e6 } },
  ],
  ['a reset before the reply', { kind: 'cut', how: 'reset', afterBytes: 0 }, { reset: 1 }],
  ['a reset within the reply', { kind: 'cut', how: 'reset', afterBytes: 20 }, { reset: 1 }],
  ['a close before the reply', { kind: 'cut', how: 'close', afterBytes: 0 }, { closed: 1 }],
  ['a close within the head', { kind: 'cut', how: 'close', afterBytes: 10 }, { closed: 1 }],
  ['a close within the body', { kind: 'cut', how: 'close', afterBytes: 39 }, { closed: 1 }],
  [
    'a close that crosses the next request',
    { kind: 'stale' },
    { ok: 1, stale_connection: 1 },
    { requests: 2, now: slowly },
  ],
  [
    'a crossing close for a POST, which is not sent again',
    { kind: 'stale' },
    { ok: 1, stale_connection: 1 },
    { requests: 2, step: { method: 'POST', body: 'x' }, now: slowly },
  ],
  ['garbage', raw('\x16\x03\x01 what'), { protocol: 1 }],
  [
    'both framings',
    raw('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'),
    { protocol: 1 },
  ],
  [
    'bytes after the reply',
    raw('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab'),
    { protocol: 2 },
    { requests: 2 },
  ],
  ['an endless header', raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(5000)}`), { protocol: 1 }],
  [
    'a body that is announced too large',
    raw('HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n'),
    { body_too_large: 1 },
  ],
  ['a body without end', raw(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(20_000)}`), { body_too_large: 1 }],
  ['404', raw('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'), { status_4xx: 2 }, { requests: 2 }],
  ['503', raw('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'), { status_5xx: 1 }],
  [
    'another success than expected',
    raw('HTTP/1.1 204 No Content\r\n\r\n'),
    { expectation: 1 },
    { step: { expectStatus: [200] } },
  ],
  [
    'an expected 404',
    raw('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    { ok: 1 },
    { step: { expectStatus: [404] } },
  ],
];

test('each failure has its class', { timeout: 60_000 }, async (t) => {
  for (const [name, script, expected, options] of cases) {
    await t.test(name, async () => assert.deepEqual(await against(script, options), expected));
  }
});

test('a refused connection has its class', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  assert.deepEqual(await load(port), { refused: 1 });
});

test('TLS to a server that does not speak it has its class', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('no TLS here\r\n'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.deepEqual(
    await load(typeof address === 'object' && address !== null ? address.port : 0, { tls: true }),
    { tls: 1 },
  );
  server.close();
});

test('replies with Connection: close are good, and each request gets a new connection', async () => {
  const server = await startScriptedServer(
    raw('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na'),
  );
  try {
    assert.deepEqual(await load(server.port, { requests: 5 }), { ok: 5 });
    assert.equal(server.requests(), 5);
  } finally {
    await server.close();
  }
});

test('examples name the request, are short and hold no control characters', async () => {
  const server = await startScriptedServer(raw('HTTP/1.1 500 \x1b[31m\r\nContent-Length: 0\r\n\r\n'));
  try {
    const plan = loadPlan({
      phases: [phase({ maxRequests: 1 })],
      flows: [flow([step({ path: `/${'a'.repeat(500)}` })])],
    });
    const { engine, intervals } = createEngine(
      plan,
      nodeEventLoop,
      createTcpTransport({ address: '127.0.0.1', port: server.port, tls: null }),
    );
    await engine.run();
    const [example] = intervals.flatMap(({ errors }) => errors.map((error) => error.example));
    assert.match(example ?? '', /^GET \/a+/);
    assert.ok((example ?? '').length <= 200);
  } finally {
    await server.close();
  }
});
