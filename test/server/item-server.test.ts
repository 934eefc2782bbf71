import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { createItems } from '../../src/server/items.ts';
import { createItemServer } from '../../src/server/item-server.ts';

async function withServer(use: (origin: string) => Promise<void>): Promise<void> {
  const server = createItemServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    await use(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('serves items as JSON, the same ones each time', async () => {
  await withServer(async (origin) => {
    const reply = await fetch(`${origin}/items/42?x=1`);
    assert.equal(reply.status, 200);
    assert.equal(reply.headers.get('content-type'), 'application/json');
    assert.deepEqual(await reply.json(), createItems(1000, 1)[41]);
  });
});

test('says what there is', async () => {
  await withServer(async (origin) => {
    assert.deepEqual(await (await fetch(origin)).json(), {
      name: 'perfkit items',
      items: 1000,
      paths: ['/items/:id', '/echo', '/events', '/live'],
    });
  });
});

test('answers 404 and 405', async () => {
  await withServer(async (origin) => {
    for (const path of ['/items/0', '/items/1001', '/items/__proto__', '/nothing'])
      assert.equal((await fetch(origin + path)).status, 404, path);
    assert.equal((await fetch(`${origin}/items/1`, { method: 'DELETE' })).status, 405);
  });
});

test('sends a body back, up to a limit', async () => {
  await withServer(async (origin) => {
    const post = (body: string): Promise<Response> =>
      fetch(`${origin}/echo`, { method: 'POST', body, headers: { 'content-type': 'text/x' } });
    const reply = await post('héllo');
    assert.deepEqual(
      [reply.status, reply.headers.get('content-type'), await reply.text()],
      [200, 'text/x', 'héllo'],
    );
    assert.equal((await post('x'.repeat(1024 * 1024 + 1))).status, 413);
  });
});

test('HEAD has no body', async () => {
  await withServer(async (origin) => {
    const reply = await fetch(`${origin}/items/1`, { method: 'HEAD' });
    assert.deepEqual([reply.status, await reply.text()], [200, '']);
  });
});

test('answers pings over WebSocket, and echoes everything else', async () => {
  await withServer(async (origin) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/live`);
    await once(socket, 'open');
    for (const [sent, expected] of [
      ['{"ping":"7"}', '{"pong":"7"}'],
      ['{"other":1}', '{"other":1}'],
      ['{', '{'],
    ] as const) {
      socket.send(sent);
      const [message] = await once(socket, 'message');
      assert.equal(String(message), expected);
    }
    socket.terminate();
  });
});

test('refuses an upgrade anywhere else', async () => {
  await withServer(async (origin) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/items/1`);
    const [error] = await once(socket, 'error');
    assert.match(String(error), /404/);
  });
});

test('sends events that say when they were sent', async () => {
  await withServer(async (origin) => {
    const reply = await fetch(`${origin}/events`);
    assert.equal(reply.headers.get('content-type'), 'text/event-stream');
    const reader = reply.body?.getReader();
    const first = Buffer.from((await reader?.read())?.value ?? []).toString();
    assert.match(first, /^id: 1\ndata: \{"sentAt":\d+\}\n\n/);
    await reader?.cancel();
  });
});
