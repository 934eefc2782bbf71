import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startTestServer } from '../start-test-server.ts';
import type { TestServer } from '../start-test-server.ts';
import {
  clientFrame,
  closeCode,
  closed,
  exchange,
  openWebSocket,
  readUntil,
  upgradeRequest,
} from './raw-socket.ts';

function drained(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('drain', resolve));
}

/** What nobody expected: that a client was refused is told as well, and is none. */
function defects({ log }: TestServer): string[] {
  return log.filter((line) => !line.includes('invalid_request'));
}

async function serves(server: TestServer): Promise<void> {
  assert.equal((await server.get('/health')).status, 200);
}

describe('a hostile WebSocket client', { timeout: 240_000 }, () => {
  test('that nests what it wants back too deeply is told so, and nobody else notices', async (context) => {
    const server = await startTestServer(context);
    const deep = '['.repeat(30_000) + ']'.repeat(30_000);
    for (const message of [
      `{"type":"ask","conversation":"a","question":"What about boats?","id":${deep}}`,
      `{"ping":${deep}}`,
      `{"type":"publish","conversation":"a","data":${deep}}`,
    ]) {
      const socket = await openWebSocket(context, server.port, '/live');
      socket.write(clientFrame('{"type":"subscribe","conversation":"a"}'));
      await readUntil(socket, /subscribe/);
      socket.write(clientFrame(message));
      assert.match(await readUntil(socket, /error.*\}/), /"expected":"JSON that is nested less deeply"/);
      socket.write(clientFrame('{"ping":7}'));
      await readUntil(socket, /"pong":7/);
      socket.destroy();
    }
    await serves(server);
    assert.deepEqual(defects(server), []);
  });

  test('that breaks the protocol is closed with the code for it', async (context) => {
    const server = await startTestServer(context, { config: { maxFrameBytes: 2_000 } });
    const control = Buffer.alloc(126, 'x');
    const cases: readonly (readonly [string, Buffer, number])[] = [
      ['a frame without a mask', clientFrame('{}', { masked: false }), 1002],
      ['bits that nobody agreed on: compressed data', clientFrame('{}', { rsv: 4 }), 1002],
      ['an unknown opcode', clientFrame('{}', { opcode: 3 }), 1002],
      ['a long ping', clientFrame(control, { opcode: 9 }), 1002],
      ['a ping in fragments', clientFrame('a', { opcode: 9, fin: false }), 1002],
      ['a continuation of nothing', clientFrame('{}', { opcode: 0 }), 1002],
      ['text that is no UTF-8', clientFrame(Buffer.from([0xc3, 0x28]), {}), 1007],
      ['a surrogate in UTF-8', clientFrame(Buffer.from([0xed, 0xa0, 0x80]), {}), 1007],
      ['a long message', clientFrame('x'.repeat(2_001)), 1009],
      ['an announced terabyte', Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
      ['an impossible length', Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 255, 255, 255, 255]), 1009],
      ['bytes', clientFrame('{}', { opcode: 2 }), 1003],
      ['a close code that may not be sent', clientFrame(Buffer.from([3, 237]), { opcode: 8 }), 1002],
      [
        'fragments that add up to too much',
        Buffer.concat([
          clientFrame('x'.repeat(1_500), { fin: false }),
          clientFrame('x'.repeat(1_500), { opcode: 0 }),
        ]),
        1009,
      ],
      [
        'a new message within another',
        Buffer.concat([clientFrame('{', { fin: false }), clientFrame('{')]),
        1002,
      ],
    ];
    for (const [what, bytes, code] of cases) {
      const socket = await openWebSocket(context, server.port, '/live');
      const got = closeCode(socket);
      socket.write(bytes);
      // ws waits for the client's half of this close handshake.
      if (code === 1003) socket.write(clientFrame(Buffer.from([3, 232]), { opcode: 8 }));
      assert.equal(await got, code, what);
    }
    await serves(server);
    assert.deepEqual(defects(server), []);
  });

  test('that sends a message in ever more empty fragments is closed', async (context) => {
    const server = await startTestServer(context);
    const socket = await openWebSocket(context, server.port, '/live');
    const code = closeCode(socket);
    socket.write(clientFrame('{', { fin: false }));
    const empty = Buffer.concat(
      Array.from({ length: 20_000 }, () => clientFrame('', { opcode: 0, fin: false })),
    );
    socket.write(empty);
    assert.equal(await code, 1008);
    await serves(server);
  });

  test('that sends pings and never reads the pongs is cut off', async (context) => {
    const server = await startTestServer(context);
    const socket = await openWebSocket(context, server.port, '/frames');
    socket.pause();
    const pings = Buffer.concat(
      Array.from({ length: 500 }, () => clientFrame(Buffer.alloc(125), { opcode: 9 })),
    );
    const end = closed(socket);
    // What the kernel buffers is some megabytes; without a limit this goes on for ever.
    let sent = 0;
    while (!socket.destroyed && sent < 400_000_000) {
      sent += pings.length;
      if (!socket.write(pings)) await Promise.race([drained(socket), end]);
      await nextTurn();
    }
    assert.ok(sent < 400_000_000, 'cut off');
    await serves(server);
  });

  test('whose request for a WebSocket is malformed gets an HTTP error', async (context) => {
    const server = await startTestServer(context);
    const broken = upgradeRequest('/live').replace('dGhlIHNhbXBsZSBub25jZQ==', 'short');
    assert.match(await exchange(server.port, broken), /^HTTP\/1\.1 400 /);
    const old = upgradeRequest('/live').replace('Version: 13', 'Version: 7');
    assert.match(await exchange(server.port, old), /^HTTP\/1\.1 400 /);
    assert.match(await exchange(server.port, upgradeRequest('/nowhere')), /^HTTP\/1\.1 404 [^]*"error"/);
    const posted = upgradeRequest('/live').replace('GET', 'POST');
    assert.match(await exchange(server.port, posted), /^HTTP\/1\.1 405 /);
    await serves(server);
  });

  test('that offers compression gets none, so nothing it sends can grow', async (context) => {
    const server = await startTestServer(context);
    const socket = await openWebSocket(context, server.port, '/live');
    socket.destroy();
    const offer = upgradeRequest('/live', 'Sec-WebSocket-Extensions: permessage-deflate\r\n');
    const head = await exchange(
      server.port,
      Buffer.concat([Buffer.from(offer), clientFrame('', { opcode: 3 })]),
    );
    assert.match(head, /^HTTP\/1\.1 101 /);
    assert.doesNotMatch(head, /permessage-deflate/i);
  });
});
