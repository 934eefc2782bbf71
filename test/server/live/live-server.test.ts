import assert from 'node:assert/strict';
import { EventEmitter, on, once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import { LiveClient, slowReaderCode } from '../../../src/server/live/live-client.ts';
import { createLiveServer } from '../../../src/server/live/live-server.ts';
import type { ServerConfig } from '../../../src/server/config/server-config.ts';
import type { LiveServer } from '../../../src/server/live/live-server.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

interface SetUp {
  readonly live: LiveServer;
  readonly clock: VirtualClock;
  readonly connect: (path: string) => Promise<Client>;
}

interface Client {
  readonly socket: WebSocket;
  readonly say: (message: unknown) => void;
  /** The next message, parsed. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into messages as they please
  readonly next: () => Promise<any>;
}

async function setUp(context: TestContext, config: Partial<ServerConfig> = {}): Promise<SetUp> {
  const clock = new VirtualClock();
  const live = createLiveServer(
    { ...resolveConfig().config, ...config },
    { now: clock.nowMs, timers: clock },
    async (conversation, question) => {
      if (question === 'fail') throw new Error('inside');
      return {
        conversation,
        text: `about ${question}`,
        topic: 't',
        sources: [],
        module: null,
        degraded: false,
        messages: 2,
        cached: false,
      };
    },
  );
  const server = createServer();
  server.on('upgrade', live.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const sockets: WebSocket[] = [];
  context.after(async () => {
    for (const socket of sockets) socket.terminate();
    live.close();
    server.close();
    server.closeAllConnections();
  });
  return {
    live,
    clock,
    async connect(path) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      sockets.push(socket);
      const messages = on(socket, 'message');
      await once(socket, 'open');
      return {
        socket,
        say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
        async next() {
          const { value = [] } = await messages.next();
          return JSON.parse(String(value[0]));
        },
      };
    },
  };
}

async function subscribed({ connect: open }: SetUp, conversation: string): Promise<Client> {
  const client = await open('/live');
  client.say({ type: 'subscribe', conversation });
  assert.deepEqual(await client.next(), { type: 'subscribe', conversation });
  return client;
}

describe('messages', { timeout: 240_000 }, () => {
  test('of high priority are sent at once, others together', async (context) => {
    const server = await setUp(context, { maxBatchSize: 10, maxBatchWaitMs: 100 });
    const client = await subscribed(server, 'a');
    for (const data of [1, 2, 3]) server.live.publish('a', data === 2 ? 'low' : 'medium', data);
    server.live.publish('a', 'high', 'now');
    assert.deepEqual(await client.next(), {
      type: 'message',
      conversation: 'a',
      priority: 'high',
      data: 'now',
    });
    await server.clock.advance(100);
    const batch = await client.next();
    assert.equal(batch.type, 'batch');
    assert.deepEqual(
      batch.messages.map(({ priority, data }: { priority: string; data: number }) => [priority, data]),
      [
        ['medium', 1],
        ['low', 2],
        ['medium', 3],
      ],
    );
    const { messages, frames, batches } = server.live.stats();
    assert.deepEqual([messages, frames, batches], [4, 2, 1]);
  });

  test('need a frame each with batching off', async (context) => {
    const server = await setUp(context, { batching: false });
    const client = await subscribed(server, 'a');
    for (const data of [1, 2, 3]) server.live.publish('a', 'low', data);
    for (const data of [1, 2, 3]) assert.equal((await client.next()).data, data);
    assert.deepEqual([server.live.stats().frames, server.live.stats().messages], [3, 3]);
  });

  test('reach those who named the conversation when they came, from the first one on', async (context) => {
    const server = await setUp(context);
    const client = await server.connect('/live?conversation=a&conversation=b&conversation=a');
    for (const conversation of ['a', 'c', 'b']) server.live.publish(conversation, 'high', conversation);
    assert.deepEqual([(await client.next()).data, (await client.next()).data], ['a', 'b']);
  });

  test('of conversations that cannot be are not waited for: the client is refused', async (context) => {
    const server = await setUp(context);
    const many = Array.from({ length: 65 }, (_, index) => `conversation=c${index}`).join('&');
    for (const query of ['conversation=', 'conversation=a%20b', many]) {
      await assert.rejects(server.connect(`/live?${query}`), /Unexpected server response: 400/);
    }
    await server.connect(`/live?${many.slice(0, many.lastIndexOf('&'))}`);
  });

  test('reach those who subscribed, and no others', async (context) => {
    const server = await setUp(context);
    const [first, second] = [await subscribed(server, 'a'), await subscribed(server, 'b')];
    first.say({ type: 'publish', conversation: 'b', priority: 'high', data: { hello: 1 } });
    assert.deepEqual((await second.next()).data, { hello: 1 });
    second.say({ type: 'unsubscribe', conversation: 'b' });
    assert.equal((await second.next()).type, 'unsubscribe');
    server.live.publish('b', 'high', 'nobody');
    server.live.publish('a', 'high', 'somebody');
    assert.equal((await first.next()).data, 'somebody');
    assert.equal(server.live.stats().messages, 2);
  });

  test('that ask are answered, and a ping is answered with its value', async (context) => {
    const server = await setUp(context);
    const client = await server.connect('/live');
    client.say({ ping: { n: 1 } });
    assert.deepEqual(await client.next(), { pong: { n: 1 } });
    client.say({ type: 'ask', id: 7, conversation: 'a', question: 'boats' });
    const answer = await client.next();
    assert.deepEqual([answer.type, answer.id, answer.text], ['answer', 7, 'about boats']);
    client.say({ type: 'ask', id: 8, conversation: 'a', question: 'fail' });
    assert.deepEqual(await client.next(), { type: 'error', id: 8, error: 'something went wrong here' });
  });

  test('that are wrong are refused, and the client may go on', async (context) => {
    const server = await setUp(context);
    const client = await server.connect('/live');
    for (const [text, error] of [
      ['{"half', 'the message is not valid'],
      ['[]', 'message is not valid'],
      ['{"type":"shout","conversation":"a"}', 'message.type is not valid'],
      ['{"type":"subscribe","conversation":""}', 'message.conversation is not valid'],
    ]) {
      client.say(text);
      assert.equal((await client.next()).error, error);
    }
    for (let index = 0; index < 64; index++) client.say({ type: 'subscribe', conversation: `c${index}` });
    for (let index = 0; index < 64; index++) assert.equal((await client.next()).type, 'subscribe');
    client.say({ type: 'subscribe', conversation: 'one-too-many' });
    assert.match((await client.next()).error, /at most 64 subscriptions/);
  });

  test('that are too long, or binary, end the connection with a code', async (context) => {
    const server = await setUp(context, { maxFrameBytes: 1_024 });
    for (const [message, code] of [
      ['x'.repeat(2_000), 1009],
      [Buffer.from('{}'), 1003],
    ] as const) {
      const { socket } = await server.connect('/live');
      socket.send(message);
      assert.equal((await once(socket, 'close'))[0], code);
    }
    while (server.live.stats().clients > 0) await nextTurn();
  });
});

describe('position frames', { timeout: 240_000 }, () => {
  test('are the same for all who watch, 60 a second, and stop when nobody does', async (context) => {
    const server = await setUp(context);
    const watchers = [await server.connect('/frames'), await server.connect('/frames')];
    const received = watchers.map(({ socket }) => {
      const frames: Buffer[] = [];
      socket.on('message', (frame: Buffer) => void frames.push(frame));
      return frames;
    });
    await server.clock.advance(1_001);
    while (received.some((frames) => frames.length < 60)) await nextTurn();
    assert.deepEqual(received[0], received[1]);
    assert.equal(server.live.stats().positionFrames, 120);
    for (const { socket } of watchers) socket.close();
    while (server.live.stats().watchers > 0) await nextTurn();
    assert.equal(server.clock.pending.length, 0);
  });
});

/** As much of a WebSocket as a client needs, with a reader that can be made to stop reading. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: unknown[] = [];
  closed: readonly [number, string] | null = null;
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(code: number, reason: string): void {
    this.readyState = 2;
    this.closed = [code, reason];
  }
}

describe('slow readers', () => {
  function fakeClient() {
    const socket = new FakeSocket();
    let slow = 0;
    const client = new LiveClient(socket as unknown as WebSocket, {
      maxUnreadBytes: () => 100_000,
      now: () => 0,
      onSlow: () => slow++,
    });
    return { socket, client, slow: () => slow };
  }

  test('of messages are disconnected with a code, once', () => {
    const { socket, client, slow } = fakeClient();
    socket.bufferedAmount = 100_000;
    assert.equal(client.send('a'), true);
    socket.bufferedAmount = 100_001;
    assert.equal(client.send('b'), false);
    assert.equal(client.send('c'), false);
    assert.deepEqual(socket.closed, [slowReaderCode, 'expected at most 100000 unread bytes']);
    assert.deepEqual([socket.sent, slow()], [['a'], 1]);
  });

  test('of positions miss frames, and stay', () => {
    const { socket, client } = fakeClient();
    const frame = new Uint8Array(10);
    socket.bufferedAmount = 20_000;
    assert.equal(client.sendFrame(frame), false);
    socket.bufferedAmount = 0;
    assert.equal(client.sendFrame(frame), true);
    assert.deepEqual([socket.sent.length, socket.closed], [1, null]);
  });
});

test(
  'a client that does not read is cut off, and those who read miss nothing',
  { timeout: 240_000 },
  async (context) => {
    const server = await setUp(context, { batching: false, maxUnreadBytes: 65_536 });
    const [slow, good] = [await subscribed(server, 'a'), await subscribed(server, 'a')];
    slow.socket.pause();
    const data = 'x'.repeat(60_000);
    let sent = 0;
    while (server.live.stats().slowReaders === 0) {
      assert.ok(sent < 2_000, 'the kernel cannot hold that much');
      server.live.publish('a', 'medium', data);
      sent++;
      assert.equal((await good.next()).data.length, data.length);
    }
    server.live.publish('a', 'medium', 'after');
    assert.equal((await good.next()).data, 'after');
    slow.socket.resume();
    assert.equal((await once(slow.socket, 'close'))[0], slowReaderCode);
  },
);

describe('silent clients', { timeout: 240_000 }, () => {
  test('are pinged, and stay when they answer', async (context) => {
    const server = await setUp(context, { maxIdleMs: 300_000 });
    const { socket } = await server.connect('/live');
    await server.clock.advance(300_000);
    const pinged = once(socket, 'ping');
    server.live.sweep();
    await pinged;
    // The pong comes before the answer to what is said after it.
    socket.send('{"ping":1}');
    await once(socket, 'message');
    await server.clock.advance(200_000);
    server.live.sweep();
    assert.equal(server.live.stats().idleClients, 0);
    assert.equal(socket.readyState, WebSocket.OPEN);
  });

  test('are ended when they answer no ping either', async (context) => {
    const server = await setUp(context, { maxIdleMs: 300_000 });
    const opened = await server.connect('/live');
    const port = Number(new URL(opened.socket.url).port);
    opened.socket.close();
    // One that speaks just enough of the protocol to be taken, and then nothing.
    const dumb = connect(port, '127.0.0.1');
    dumb.on('error', () => undefined);
    dumb.write(
      'GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await once(dumb, 'data');
    while (server.live.stats().clients !== 1) await nextTurn();
    await server.clock.advance(299_999);
    server.live.sweep();
    await server.clock.advance(1);
    const closed = once(dumb, 'close');
    server.live.sweep();
    await closed;
    assert.equal(server.live.stats().idleClients, 1);
  });
});

describe('the end', { timeout: 240_000 }, () => {
  test('comes with what was waiting, and a goodbye', async (context) => {
    const server = await setUp(context);
    const client = await subscribed(server, 'a');
    server.live.publish('a', 'low', 'last');
    const closed = once(client.socket, 'close');
    server.live.close();
    assert.equal((await client.next()).messages[0].data, 'last');
    assert.equal((await closed)[0], 1001);
    await assert.rejects(server.connect('/live'), /503/);
  });

  test('an unknown path is refused', async (context) => {
    const server = await setUp(context);
    await assert.rejects(server.connect('/nothing'), /404/);
  });
});
