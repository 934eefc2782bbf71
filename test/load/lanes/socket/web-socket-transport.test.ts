import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { createWebSocketTransport } from '../../../../src/load/lanes/socket/web-socket-transport.ts';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import type { Endpoint } from '../../../../src/load/connections/tcp-transport.ts';
import { tlsEndpoint } from '../../tls-endpoint.ts';
import type { TlsEndpoint } from '../../../../src/load/connections/tls-endpoint.ts';
import type { SocketPlan } from '../../../../src/model/stream-plan.ts';

const plan: SocketPlan = {
  kind: 'socket',
  protocols: ['chat'],
  deflate: true,
  send: null,
  match: null,
  stamp: null,
  untilMessages: null,
  untilNs: null,
  maxMessageBytes: 1000,
};

async function listen(context: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => sockets.add(socket));
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Opens one socket, sends a message when it is open, and tells what happened until it closed. */
function visit(port: number, connectTimeoutNs = 60e9): Promise<string[]> {
  const happened: string[] = [];
  return new Promise((resolve) => {
    const transport = createWebSocketTransport({
      url: new URL(`ws://127.0.0.1:${port}/live`),
      endpoint: { address: '127.0.0.1', port, tls: null },
      headers: { 'user-agent': 'test' },
      plan,
      connectTimeoutNs,
    });
    const wire = transport.open({
      opened: () => {
        happened.push('opened');
        wire.send('hello');
      },
      received: (message) => {
        happened.push(Buffer.from(message).toString());
        wire.close();
      },
      closed: (failure) => {
        happened.push(failure === null ? 'closed' : `${failure.failure}: ${failure.detail}`);
        resolve(happened);
      },
    });
  });
}

/** A server that completes the handshake by hand and then says something. */
function rawServer(say: (socket: Duplex) => void, key = (given: string): string => given): Server {
  return createServer().on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${key(String(request.headers['sec-websocket-key']))}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.resume();
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n`,
    );
    say(socket);
  });
}

describe('WebSockets to a real server', () => {
  test('messages go there and come back, and both say goodbye', async (context) => {
    const server = createServer();
    const port = await listen(context, server);
    const sockets = new WebSocketServer({ server, perMessageDeflate: true });
    sockets.on('connection', (socket, request) => {
      assert.equal(request.headers['user-agent'], 'test');
      socket.on('message', (message: Buffer) => socket.send(`got ${message.toString()}`));
    });
    assert.deepEqual(await visit(port), ['opened', 'got hello', 'closed']);
  });

  test('a reply other than an upgrade is told by its status', async (context) => {
    const server = createServer().on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    const port = await listen(context, server);
    assert.deepEqual(await visit(port), ['status_4xx: status 403 instead of an upgrade']);
  });

  test('a port where nobody listens refuses', async (context) => {
    const server = createServer();
    const port = await listen(context, server);
    server.close();
    await once(server, 'close');
    const [only, ...rest] = await visit(port);
    assert.match(only ?? '', /^refused: /);
    assert.deepEqual(rest, []);
  });

  test('a handshake that is not answered is given up', async (context) => {
    const server = createServer().on('upgrade', () => undefined);
    assert.deepEqual(await visit(await listen(context, server), 50e6), [
      'connect_timeout: the handshake took too long',
    ]);
  });

  test('a server that answers another key does not speak WebSocket', async (context) => {
    const server = rawServer(
      () => undefined,
      () => 'another',
    );
    const [only] = await visit(await listen(context, server));
    assert.match(only ?? '', /^protocol: Invalid Sec-WebSocket-Accept/);
  });

  for (const [what, bytes, expected] of [
    ['a masked frame', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]), /^protocol: /],
    ['a reserved opcode', Buffer.from([0x83, 0x01, 0x61]), /^protocol: /],
    ['text that is not UTF-8', Buffer.from([0x81, 0x01, 0xff]), /^protocol: /],
    ['a message above the limit', Buffer.from([0x81, 126, 0x04, 0x00]), /^body_too_large: /],
  ] as const) {
    test(`${what} ends the socket with its class`, async (context) => {
      const server = rawServer((socket) => socket.write(bytes));
      const happened = await visit(await listen(context, server));
      assert.match(happened.at(-1) ?? '', expected);
    });
  }

  test('an end without goodbye is told', async (context) => {
    const server = rawServer((socket) => socket.end());
    const happened = await visit(await listen(context, server));
    assert.equal(happened.at(-1), 'closed: the connection ended without a close frame');
  });

  test('destroyed sockets tell nothing more, and leave', async (context) => {
    const server = rawServer(() => undefined);
    const port = await listen(context, server);
    const transport = createWebSocketTransport({
      url: new URL(`ws://127.0.0.1:${port}/`),
      endpoint: { address: '127.0.0.1', port, tls: null },
      headers: {},
      plan,
      connectTimeoutNs: 5e9,
    });
    const left = new Promise<void>((resolve) => {
      server.on('connection', (socket) => socket.once('close', () => resolve()));
    });
    const wire = transport.open({
      opened: () => wire.destroy(),
      received: () => assert.fail('it was destroyed'),
      closed: () => assert.fail('it was destroyed'),
    });
    await left;
  });
});

describe('WebSockets over TLS', () => {
  const fixture = (name: string): string =>
    readFileSync(join(import.meta.dirname, '../../connections/fixtures', name), 'utf8');
  const endpoint = (port: number, changes: Partial<TlsEndpoint>): Endpoint => ({
    address: '127.0.0.1',
    port,
    tls: tlsEndpoint(changes),
  });

  async function open(context: TestContext, changes: Partial<TlsEndpoint>): Promise<string> {
    const server = createTlsServer({
      cert: fixture('localhost-cert.pem'),
      key: fixture('localhost-key.pem'),
    });
    const port = await listen(context, server);
    const sockets = new WebSocketServer({ server });
    context.after(() => sockets.close());
    return new Promise((resolve) => {
      const wire = createWebSocketTransport({
        url: new URL(`wss://localhost:${port}/`),
        endpoint: endpoint(port, changes),
        headers: {},
        plan,
        connectTimeoutNs: 60e9,
      }).open({
        opened: () => {
          resolve('opened');
          wire.destroy();
        },
        received: () => undefined,
        closed: (failure) => resolve(failure?.failure ?? 'closed'),
      });
    });
  }

  test('the certificate is checked, against the authority that is given', async (context) => {
    assert.equal(await open(context, {}), 'tls');
    assert.equal(await open(context, { ca: fixture('localhost-cert.pem') }), 'opened');
    assert.equal(await open(context, { ca: fixture('other-cert.pem') }), 'tls');
  });

  test('any certificate will do where the target says so', async (context) => {
    assert.equal(await open(context, { insecure: true }), 'opened');
  });
});
