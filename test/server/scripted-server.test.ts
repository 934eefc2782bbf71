import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startScriptedServer } from '../../src/server/scripted-server.ts';

test('a limited server works on one request at a time, in order', { timeout: 30_000 }, async () => {
  let now = 0;
  const server = await startScriptedServer({ kind: 'limited', perSecond: 100 }, () => now);
  const socket = connect(server.port, '127.0.0.1');
  try {
    let replies = 0;
    let more = (): void => undefined;
    socket.setEncoding('latin1').on('data', (text: string) => {
      replies += text.split('HTTP/1.1 200').length - 1;
      more();
    });
    const until = async (count: number): Promise<void> => {
      for (;;) {
        if (replies >= count) return;
        await new Promise<void>((resolve) => (more = resolve));
      }
    };
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\n\r\n'.repeat(3));
    while (server.requests() < 3) await new Promise((resolve) => setImmediate(resolve));
    // 10 ms of work each: after 25 ms two are done
    now = 25e6;
    await until(2);
    assert.equal(replies, 2);
    now = 30e6;
    await until(3);
    // it was idle in between: the next takes 10 ms from when it comes
    now = 1000e6;
    socket.write('GET / HTTP/1.1\r\n\r\n');
    while (server.requests() < 4) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(replies, 3);
    now = 1010e6;
    await until(4);
  } finally {
    socket.destroy();
    await server.close();
  }
});
