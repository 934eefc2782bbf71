import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startTestServer } from '../start-test-server.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import type { TestServer } from '../start-test-server.ts';

/** Everything that the server says to these bytes, until it closes. */
async function exchange(server: TestServer, text: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  // The server may reset while it is still being written to.
  socket.on('error', () => undefined);
  let reply = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (reply += chunk));
  socket.write(text);
  await once(socket, 'close');
  return reply;
}

async function serves(server: TestServer): Promise<void> {
  assert.equal((await server.get('/health')).status, 200);
}

describe('malformed requests', { timeout: 240_000 }, () => {
  test('are answered with JSON and a closed connection', async (context) => {
    const server = await startTestServer(context);
    const cases: readonly (readonly [string, RegExp])[] = [
      ['nonsense\r\n\r\n', /^HTTP\/1\.1 400 Bad Request[^]*{"error":"this is not an HTTP request"/],
      ['GET / HTTP/9.9\r\n\r\n', /^HTTP\/1\.1 400 /],
      [
        'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
        /^HTTP\/1\.1 400 /,
      ],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 [^]*16 KiB/],
      ['GET /health HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    ];
    for (const [text, expected] of cases) assert.match(await exchange(server, text), expected);
    await serves(server);
  });

  test('that never end are given up', async (context) => {
    const server = await startTestServer(context, {
      config: { headersTimeoutMs: 100, requestTimeoutMs: 200 },
    });
    assert.match(await exchange(server, 'GET / HTTP/1.1\r\nHost: a\r\n'), /^HTTP\/1\.1 408 /);
    const half = 'POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"half';
    assert.match(await exchange(server, half), /^HTTP\/1\.1 408 |^$/);
    await serves(server);
  });
});

describe('bodies', { timeout: 240_000 }, () => {
  test('that are too long are refused without being kept, announced or not', async (context) => {
    const server = await startTestServer(context, { config: { maxBodyBytes: 2_000 } });
    const announced = `POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(9_000)}`;
    assert.match(await exchange(server, announced), /^HTTP\/1\.1 413 [^]*"expected":"at most 2000 bytes"/);
    const chunk = `800\r\n${'x'.repeat(2_048)}\r\n`;
    const chunked = `POST /sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}`;
    assert.match(await exchange(server, chunked), /^HTTP\/1\.1 413 /);
    await serves(server);
  });

  test('that are not what they should be are refused, and the connection goes on', async (context) => {
    const server = await startTestServer(context);
    for (const [body, got] of [
      ['', 'nothing'],
      ['{"cursor":', /JSON/],
      ['[]', 'an array of 0'],
      ['null', 'null'],
    ] as const) {
      const { status, json } = await server.post('/sync', body);
      assert.equal(status, 400);
      if (typeof got === 'string') assert.equal(json.got, got);
      else assert.match(json.got, got);
    }
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const nested = await server.post('/sync', `{"changes":[{"id":"a","value":${deep}}]}`);
    assert.deepEqual([nested.status, nested.json.expected], [400, 'JSON that is nested less deeply']);
    assert.equal((await server.post('/sync', '{}', { 'content-encoding': 'gzip' })).status, 415);
    const unknown = await server.get('/no/such/path');
    assert.deepEqual([unknown.status, unknown.json.got], [404, '/no/such/path']);
    assert.equal((await server.get('/messages')).status, 405);
    await serves(server);
  });
});

describe('connections', { timeout: 240_000 }, () => {
  test('beyond the most there may be are closed at once, and the others go on', async (context) => {
    const server = await startTestServer(context, { config: { maxClients: 3 } });
    const held = [1, 2, 3].map(() => connect(server.port, '127.0.0.1'));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const one = held[0];
    assert.ok(one !== undefined);
    // The server has taken the three when it answers one of them.
    one.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.match(String((await once(one, 'data'))[0]), /200 OK/);
    assert.equal(await exchange(server, 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n'), '');
    one.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    let text = '';
    while (!text.includes('http_connections_dropped_total 1')) text += String((await once(one, 'data'))[0]);
    for (const socket of held) socket.destroy();
  });

  test('that are reset in the middle of a request or a reply cost nobody else anything', async (context) => {
    const server = await startTestServer(context);
    for (let index = 0; index < 20; index++) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(`POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: ${index % 2 === 0 ? 2 : 50}\r\n\r\n{}`);
      await nextTurn();
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    await serves(server);
    assert.deepEqual(server.log, []);
  });

  test('hundreds at once are all answered', async (context) => {
    const server = await startTestServer(context);
    const replies = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        server.post('/messages', { conversation: `c${index}`, question: 'What about boats?' }),
      ),
    );
    assert.ok(replies.every(({ status }) => status === 200));
    // One of them answered, the others waited for it.
    assert.equal(replies.filter(({ json }) => !json.cached).length, 1);
  });
});

describe('a full disk', { timeout: 240_000 }, () => {
  test('is told to those who write, loses nothing that was acknowledged, and reads go on', async (context) => {
    const dataFolder = temporaryFolder(context);
    const config = { maxDatabaseBytes: 1_048_576 };
    const server = await startTestServer(context, { dataFolder, config });
    const stored: string[] = [];
    let refused = 0;
    for (let index = 0; index < 40; index++) {
      const id = `big-${index}`;
      const { status, json } = await server.post('/sync', {
        cursor: null,
        changes: [{ id, value: 'x'.repeat(60_000) }],
      });
      if (status === 200) stored.push(id);
      else {
        assert.equal(status, 507);
        assert.match(json.error, /nothing was stored: .*full/);
        refused++;
      }
    }
    assert.ok(stored.length > 3 && refused > 3, `${stored.length} stored, ${refused} refused`);
    assert.ok(server.log.length >= 1);
    await serves(server);
    await server.stop();
    const again = await startTestServer(context, { dataFolder, config });
    const { json } = await again.post('/sync', {});
    const ids = new Set(json.changed.map(({ id }: { id: string }) => id));
    assert.ok(stored.every((id) => ids.has(id)));
  });
});

describe('stopping', { timeout: 240_000 }, () => {
  test('lets requests under way end, then takes no more', async (context) => {
    const server = await startTestServer(context, { config: { cache: false } });
    const asked = Array.from({ length: 20 }, (_, index) =>
      server.post('/messages', { conversation: 'c', question: `What about boats, ${index}?` }),
    );
    // All of them have come when the first is answered, or nearly: whoever is answered must be answered well.
    await asked[0];
    const stopped = server.stop();
    const results = await Promise.allSettled(asked);
    await stopped;
    const answered = results.filter((one) => one.status === 'fulfilled');
    assert.ok(answered.every((one) => one.value.status === 200));
    assert.ok(answered.length >= 1);
    await assert.rejects(server.get('/health'));
    // A second call is as good as the first.
    await server.stop();
  });

  test('ends what does not end by itself after the drain time', async (context) => {
    const server = await startTestServer(context, { config: { drainMs: 50 } });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"half');
    await serves(server);
    const closed = once(socket, 'close');
    await server.stop();
    await closed;
  });
});
