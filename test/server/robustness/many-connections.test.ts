import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { clientFrame, closed, openSocket, readUntil, upgradeRequest } from './raw-socket.ts';
import { startServerProcess } from './server-process.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import type { ServerProcess } from './server-process.ts';

const connections = 10_000;

/** Why so many connections cannot be opened here; null when they can. */
function whyTooMany(): string | null {
  if (process.platform !== 'linux') return 'reads /proc';
  const most = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout.trim();
  return most === 'unlimited' || Number(most) > connections + 500 ? null : `at most ${most} open files`;
}

function residentBytes({ pid }: ServerProcess): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1_024;
}

/** All of them, each once the server has answered its first request. */
async function openMany(
  context: TestContext,
  { port }: ServerProcess,
  request: string,
  reply: RegExp,
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const atOnce = 200;
  while (sockets.length < connections) {
    const some = Array.from({ length: atOnce }, async () => {
      const socket = await openSocket(context, port);
      socket.write(request);
      await readUntil(socket, reply);
      return socket;
    });
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

describe('ten thousand connections', { timeout: 240_000, skip: whyTooMany() ?? false }, () => {
  /** Some 11 KiB an HTTP connection and 20 KiB a WebSocket were seen. */
  const mostBytesEach = 65_536;
  const env = { KEEP_ALIVE_TIMEOUT: '600s' };

  test('of HTTP that say nothing more cost little memory, and another one is served', async (context) => {
    const server = await startServerProcess(context, temporaryFolder(context), { env });
    const before = residentBytes(server);
    const sockets = await openMany(context, server, 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n', /\}$/);
    const each = (residentBytes(server) - before) / connections;
    assert.ok(each < mostBytesEach, `${Math.round(each)} bytes each`);
    assert.equal((await server.get('/health')).status, 200);
    const reply = await server.post('/messages', { conversation: 'c', question: 'What about boats?' });
    assert.equal(reply.status, 200);
    server.kill('SIGTERM');
    assert.equal(await server.exited, 0);
    await Promise.all(sockets.map(closed));
  });

  test('of WebSockets cost little memory, and each is told when the server stops', async (context) => {
    const server = await startServerProcess(context, temporaryFolder(context), { env });
    const before = residentBytes(server);
    const sockets = await openMany(context, server, upgradeRequest('/live'), /\r\n\r\n/);
    const each = (residentBytes(server) - before) / connections;
    assert.ok(each < mostBytesEach, `${Math.round(each)} bytes each`);
    assert.equal((await server.get('/health')).status, 200);
    let goodbyes = 0;
    const goingAway = Buffer.from([3, 0xe9]);
    for (const socket of sockets) {
      socket.once('data', (chunk: Buffer) => {
        if (chunk[0] === 0x88 && chunk.readUInt16BE(2) === 1001) goodbyes++;
        socket.write(clientFrame(goingAway, { opcode: 8 }));
      });
    }
    server.kill('SIGTERM');
    assert.equal(await server.exited, 0);
    await Promise.all(sockets.map(closed));
    assert.equal(goodbyes, connections);
  });
});
