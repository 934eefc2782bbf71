import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { createServer as createPlainServer } from 'node:net';
import { createServer } from 'node:https';
import { createSecureServer } from 'node:http2';
import { PerfkitError } from '../../../src/model/errors.ts';
import { createTcpTransport } from '../../../src/load/connections/tcp-transport.ts';
import { reachTarget } from '../../../src/load/connections/target.ts';
import { nodeEventLoop } from '../../../src/load/engine/event-loop.ts';
import { limits, loadPlan, phase } from '../plans.ts';
import { collected, counted, createEngine, errorsByClass } from '../run-engine.ts';
import type { AddressInfo, Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { LoadTarget, TlsPlan } from '../../../src/model/plan.ts';
import type { Reached } from '../../../src/load/connections/target.ts';

const folder = fileURLToPath(new URL('fixtures', import.meta.url));
const file = (name: string): string => readFileSync(`${folder}/${name}.pem`, 'utf8');
const own = { cert: file('localhost-cert'), key: file('localhost-key') };

async function serving<T>(server: Server, use: (port: number) => Promise<T>): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
  }
}

function target(port: number, tls: Partial<TlsPlan> = {}, changes: Partial<LoadTarget> = {}): LoadTarget {
  return {
    origin: `https://127.0.0.1:${port}`,
    builtin: null,
    allow: [],
    tls: { ca: null, cert: null, key: null, insecure: false, servername: null, resume: false, ...tls },
    ...changes,
  };
}

function reach(one: LoadTarget): Promise<Reached> {
  const signal = new AbortController().signal;
  return reachTarget(one, { connectTimeoutNs: 20e9, signal, folder });
}

function refuses(promise: Promise<unknown>, message: RegExp): Promise<void> {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof PerfkitError && error.code === 'target', String(error));
    assert.match(error.message, message);
    return true;
  });
}

/** Some requests over what `reachTarget` found. */
async function load(one: LoadTarget, requests = 6): Promise<ReturnType<typeof createEngine>['intervals']> {
  const { endpoint } = await reach(one);
  const plan = loadPlan({
    target: one,
    phases: [phase({ forNs: 60e9, maxRequests: requests })],
    limits: { ...limits, timeoutNs: 20e9, connectTimeoutNs: 20e9, gracefulStopNs: 20e9 },
  });
  const { engine, intervals } = createEngine(plan, nodeEventLoop, createTcpTransport(endpoint));
  await engine.run();
  return intervals;
}

const hello = createServer(own, (_, response) => response.end('hello'));

test('a certificate is verified, and what to do about one that nobody signed is said', async () => {
  await serving(hello, async (port) => {
    await refuses(reach(target(port)), /self-signed certificate; name the authority .*--ca FILE.*-k/);
    const { endpoint, notes } = await reach(target(port, { ca: 'localhost-cert.pem' }));
    assert.equal(endpoint.tls?.name, '127.0.0.1');
    assert.deepEqual(notes, []);
    await refuses(reach(target(port, { ca: 'other-cert.pem' })), /self-signed certificate/);
  });
});

test('a certificate that is accepted unseen is said', async () => {
  await serving(hello, async (port) => {
    const { notes } = await reach(target(port, { insecure: true }));
    assert.deepEqual(notes, [
      'the certificate of the server was not verified (tls.insecure): anybody could have answered',
    ]);
  });
});

test('a certificate for another name is refused, unless that name is asked for', async () => {
  const other = createServer({ cert: file('other-cert'), key: file('other-key') }, (_, response) =>
    response.end(),
  );
  await serving(other, async (port) => {
    const ca = 'other-cert.pem';
    await refuses(reach(target(port, { ca })), /the certificate is for another name.*tls\.servername/);
    await reach(target(port, { ca, servername: 'other.test' }));
  });
});

test('a server that wants a client certificate gets it', async () => {
  const wanting = createServer(
    { ...own, requestCert: true, rejectUnauthorized: true, ca: file('client-cert') },
    (_, response) => response.end('hello'),
  );
  wanting.on('tlsClientError', () => undefined);
  await serving(wanting, async (port) => {
    const ca = 'localhost-cert.pem';
    const intervals = await load(target(port, { ca, cert: 'client-cert.pem', key: 'client-key.pem' }));
    assert.equal(counted(intervals, 'throughput'), 6);
    // TLS 1.3 refuses after the handshake, so that it is the operations that fail
    const without = await load(target(port, { ca }));
    assert.deepEqual(Object.keys(errorsByClass(without)), ['tls']);
    const examples = without.flatMap(({ errors }) => errors.map(({ example }) => example));
    assert.match(examples[0] ?? '', /client certificate/);
  });
});

test('a server that speaks no TLS is told', async () => {
  const plain = createPlainServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  await serving(plain, (port) => refuses(reach(target(port)), /does not speak TLS at this port/));
});

test('files that cannot be used are told with their place', async () => {
  await refuses(reach(target(1, { ca: 'absent.pem' })), /cannot read target\.tls\.ca from .*absent\.pem/);
  await refuses(reach(target(1, { ca: 'README.md' })), /"BEGIN CERTIFICATE" line.*README\.md/);
  await refuses(reach(target(1, { ca: '.' })), /it is no file/);
  await refuses(
    reach(target(1, { cert: 'client-cert.pem', key: 'other-key.pem' })),
    /target\.tls cannot be used.*belongs to the certificate/,
  );
});

test('the handshake is a part of connecting that is measured', async () => {
  await serving(hello, async (port) => {
    const intervals = await load(target(port, { ca: 'localhost-cert.pem' }));
    assert.equal(counted(intervals, 'throughput'), 6);
    const [connect, handshake] = [collected(intervals, 'connect_time'), collected(intervals, 'tls_time')];
    assert.deepEqual([connect.count, handshake.count], [2, 2]);
    assert.ok(handshake.min > 0 && handshake.max <= connect.max);
    assert.equal(collected(intervals, 'time_to_first_byte').count, 6);
  });
});

for (const resume of [false, true]) {
  test(`new connections ${resume ? 'resume a TLS session' : 'have a full handshake each'} when resume is ${resume}`, async () => {
    let resumed = 0;
    let handshakes = 0;
    const server = createServer(own, (_, response) => response.end('hello'));
    server.on('secureConnection', (socket: TLSSocket) => {
      handshakes++;
      if (socket.isSessionReused()) resumed++;
    });
    await serving(server, async (port) => {
      const intervals = await load(
        target(port, { ca: 'localhost-cert.pem', resume }, { newConnections: true }),
        20,
      );
      assert.equal(counted(intervals, 'throughput'), 20);
    });
    // the look at the target before the load may be over before the server has seen its end
    assert.ok(handshakes >= 20);
    if (resume) assert.ok(resumed > 10, `${resumed} resumed`);
    else assert.equal(resumed, 0);
  });
}

test('HTTP/2 is agreed on by ALPN, and a server without it is refused', async () => {
  const changes = { protocol: 'http2', perConnection: 2 } as const;
  const ca = 'localhost-cert.pem';
  const secure = createSecureServer({ ...own, allowHTTP1: false }, (_, response) => response.end('hello'));
  await serving(secure, async (port) => {
    const intervals = await load(target(port, { ca }, changes), 30);
    assert.deepEqual([counted(intervals, 'throughput'), errorsByClass(intervals)], [30, {}]);
    assert.equal(collected(intervals, 'tls_time').count, 1);
  });
  await serving(hello, (port) => refuses(reach(target(port, { ca }, changes)), /HTTP\/2|alert/i));
});
