import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, request as openRequest } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { createBalancer } from '../../../src/server/balancer/balancer.ts';
import type { Balancer } from '../../../src/server/balancer/balancer.ts';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import type { ServerConfig } from '../../../src/server/config/server-config.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { exchange } from '../robustness/raw-socket.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(context: TestContext, handle: Handle): Promise<{ server: Server; port: number }> {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

interface SetUp {
  readonly balancer: Balancer;
  readonly port: number;
  readonly origin: string;
  readonly servers: readonly Server[];
}

/** A balancer before servers that do as told; its own clock stands still. */
async function setUp(
  context: TestContext,
  handles: readonly Handle[],
  config: Partial<ServerConfig> = {},
): Promise<SetUp> {
  const clock = new VirtualClock();
  const balancer = createBalancer(
    { ...resolveConfig().config, requestTimeoutMs: 300_000, headersTimeoutMs: 300_000, ...config },
    { timers: clock, log: () => undefined, restarts: () => 0 },
  );
  context.after(() => balancer.close());
  const servers: Server[] = [];
  for (const [index, handle] of handles.entries()) {
    const { server, port } = await listen(context, handle);
    servers.push(server);
    balancer.add(index + 1, port);
  }
  const port = await balancer.open(0);
  return { balancer, port, origin: `http://127.0.0.1:${port}`, servers };
}

const saying =
  (text: string): Handle =>
  (request, response) => {
    request.resume();
    response.end(text);
  };

async function textOf(message: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('requests', { timeout: 240_000 }, () => {
  test('are passed on with their bodies, headers and the address of the client, and replies come back', async (context) => {
    const { origin } = await setUp(context, [
      async (request, response) => {
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response.writeHead(201, 'Made');
        const { method, url, headers } = request;
        response.end(
          JSON.stringify({ method, url, forwarded: headers['x-forwarded-for'], body: await textOf(request) }),
        );
      },
    ]);
    const body = 'x'.repeat(300_000);
    const reply = await fetch(`${origin}/a/b?c=%20`, {
      method: 'POST',
      body,
      headers: { 'x-forwarded-for': '10.0.0.1' },
    });
    assert.deepEqual(
      [reply.status, reply.statusText, reply.headers.getSetCookie()],
      [201, 'Made', ['a=1', 'b=2']],
    );
    assert.deepEqual(await reply.json(), {
      method: 'POST',
      url: '/a/b?c=%20',
      forwarded: '10.0.0.1, 127.0.0.1',
      body,
    });
  });

  test('go to the one with the least under way, and in turns when told so', async (context) => {
    const { promise: held, resolve } = Promise.withResolvers<ServerResponse>();
    const slow: Handle = (_request, response) => resolve(response);
    const { origin } = await setUp(context, [slow, saying('fast')]);
    const stuck = fetch(origin);
    const response = await held;
    for (let index = 0; index < 5; index++) assert.equal(await (await fetch(origin)).text(), 'fast');
    response.end('slow');
    assert.equal(await (await stuck).text(), 'slow');
    const turns = await setUp(context, [saying('1'), saying('2'), saying('3')], { balance: 'round-robin' });
    let said = '';
    for (let index = 0; index < 6; index++) said += await (await fetch(turns.origin)).text();
    assert.equal(said, '123123');
  });

  test('a stream comes as it is written, and stops being read when the client stops', async (context) => {
    let written = 0;
    let isFull = false;
    const { port } = await setUp(context, [
      (_request, response) => {
        const write = (): void => {
          while (written < 200_000_000) {
            written += 1_000_000;
            if (!response.write(Buffer.alloc(1_000_000))) {
              isFull = true;
              return;
            }
          }
          response.end();
        };
        response.on('drain', write);
        write();
      },
    ]);
    const request = get({ host: '127.0.0.1', port });
    const [reply]: IncomingMessage[] = await once(request, 'response');
    await once(reply ?? request, 'readable');
    // Turns of the loop without anybody reading: what is not taken is not asked for.
    for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(isFull && written < 60_000_000, `${written} bytes`);
    request.destroy();
  });

  test('one whose client goes is ended at the instance too', async (context) => {
    const [arrived, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { port } = await setUp(context, [
      (_request, response) => {
        response.once('close', () => gone.resolve());
        arrived.resolve();
      },
    ]);
    const request = openRequest({ host: '127.0.0.1', port });
    request.on('error', () => undefined);
    request.end();
    await arrived.promise;
    request.destroy();
    await gone.promise;
  });
});

describe('an instance that fails', { timeout: 240_000 }, () => {
  const cutting: Handle = (request) => void request.socket.destroy();

  test('costs a GET nothing: another one is asked', async (context) => {
    const { origin } = await setUp(context, [cutting, cutting, saying('well')]);
    for (let index = 0; index < 6; index++) assert.equal(await (await fetch(origin)).text(), 'well');
  });

  test('is not given a POST twice, and the client is told so in words', async (context) => {
    let seen = 0;
    const count: Handle = (request) => {
      seen++;
      request.socket.destroy();
    };
    const { origin } = await setUp(context, [count, count]);
    const reply = await fetch(origin, { method: 'POST', body: 'x' });
    assert.equal(reply.status, 502);
    assert.match(await reply.text(), /"error":"instance \d did not answer: socket hang up"/);
    assert.equal(seen, 1);
  });

  test('that breaks off in its reply is not taken for one that has ended', async (context) => {
    const { origin } = await setUp(context, [
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('some', () => response.socket?.destroy());
      },
    ]);
    await assert.rejects(async () => (await fetch(origin)).text());
  });

  test('is not asked again when it was removed, and without any the answer is 503', async (context) => {
    const { origin, balancer } = await setUp(context, [saying('1'), saying('2')]);
    balancer.remove(1);
    for (let index = 0; index < 4; index++) assert.equal(await (await fetch(origin)).text(), '2');
    balancer.remove(2);
    const reply = await fetch(origin);
    assert.deepEqual(
      [reply.status, await reply.json()],
      [503, { error: 'no instance can take a request now' }],
    );
    assert.equal((await fetch(`${origin}/health`)).status, 503);
  });

  test('what it had under way when it was removed is done by another one, if it changes nothing', async (context) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { origin, balancer } = await setUp(context, [() => resolve(), saying('2')]);
    const reply = fetch(origin);
    await promise;
    balancer.remove(1);
    assert.equal(await (await reply).text(), '2');
  });
});

describe('a request in another one', { timeout: 240_000 }, () => {
  test('does not get through: what can be read in two ways is refused, and bodies are framed anew', async (context) => {
    const seen: string[] = [];
    const { port } = await setUp(context, [
      async (request, response) => {
        seen.push(`${request.method} ${request.url} ${await textOf(request)}`);
        response.end('ok');
      },
    ]);
    const inner = 'GET /inner HTTP/1.1\r\nHost: a\r\n\r\n';
    const bad = [
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n${inner}`,
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n${inner}`,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n${inner}`,
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n${inner}`,
      `GET / HTTP/1.1\r\nHost: a\r\nX: b\n\nGET /inner HTTP/1.1\r\n\r\n`,
    ];
    for (const text of bad) {
      const reply = await exchange(port, text);
      assert.match(reply, /^HTTP\/1\.1 400 /, text);
    }
    assert.deepEqual(
      seen.filter((one) => one.includes('inner')),
      [],
    );
    seen.length = 0;
    const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    const length = `Content-Length: ${inner.length}\r\nConnection: close, content-length`;
    await exchange(
      port,
      `GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    await exchange(port, `DELETE /2 HTTP/1.1\r\nHost: a\r\n${length}\r\n\r\n${inner}`);
    assert.deepEqual(seen, [`GET /1 ${inner}`, `DELETE /2 ${inner}`]);
  });

  test('does not get through behind a request for an upgrade', async (context) => {
    const seen: string[] = [];
    const { port } = await setUp(context, [
      (request, response) => {
        seen.push(`${request.method} ${request.url}`);
        response.end('no WebSocket here');
      },
    ]);
    const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n';
    const reply = await exchange(
      port,
      `GET /live HTTP/1.1\r\n${upgrade}GET /inner HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    assert.match(reply, /^HTTP\/1\.1 200 OK\r\nConnection: close/);
    assert.deepEqual(seen, ['GET /live']);
    assert.match(
      await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'),
      /^HTTP\/1\.1 400 /,
    );
  });
});

describe('WebSockets', { timeout: 240_000 }, () => {
  test('pass both ways, are spread over the instances, and end with their instance', async (context) => {
    const { port, servers, balancer } = await setUp(context, [saying(''), saying('')]);
    for (const [index, server] of servers.entries()) {
      const sockets = new WebSocketServer({ server });
      sockets.on('connection', (socket) => {
        socket.send(`at ${index + 1}`);
        socket.on('message', (data) => socket.send(data));
      });
    }
    const first = new WebSocket(`ws://127.0.0.1:${port}/live`);
    const [greeting] = await once(first, 'message');
    const second = new WebSocket(`ws://127.0.0.1:${port}/live`);
    const [other] = await once(second, 'message');
    assert.deepEqual([String(greeting), String(other)], ['at 1', 'at 2']);
    first.send(Buffer.alloc(3_000_000, 7));
    const [echo] = await once(first, 'message');
    assert.ok(Buffer.isBuffer(echo) && echo.equals(Buffer.alloc(3_000_000, 7)));
    const ended = once(first, 'close');
    balancer.remove(1);
    assert.equal((await ended)[0], 1006);
    const closed = once(second, 'close');
    second.close(1000);
    assert.equal((await closed)[0], 1000);
  });
});

test(
  'draining takes no connections, says so, and waits for the requests that there are',
  { timeout: 240_000 },
  async (context) => {
    const { promise, resolve } = Promise.withResolvers<ServerResponse>();
    const { origin, balancer } = await setUp(context, [(_request, response) => resolve(response)], {
      drainMs: 0,
    });
    const reply = fetch(origin);
    const response = await promise;
    await balancer.drain();
    await assert.rejects(fetch(origin));
    response.end('late');
    assert.equal(await (await reply).text(), 'late');
  },
);
