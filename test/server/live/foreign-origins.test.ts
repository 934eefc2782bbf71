import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { startTestServer } from '../start-test-server.ts';

test(
  'pages of other sites get no WebSocket; programs, which tell no Origin, and our own pages do',
  { timeout: 240_000 },
  async (context) => {
    const { origin } = await startTestServer(context);
    const statusOf = async (path: string, headers: Readonly<Record<string, string>>): Promise<number> => {
      const socket = new WebSocket(origin.replace('http', 'ws') + path, { headers });
      context.after(() => socket.terminate());
      socket.on('error', () => undefined);
      const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => Number(statusCode));
      return Promise.race([refused, once(socket, 'open').then(() => 101)]);
    };
    for (const path of ['/live', '/frames']) {
      assert.equal(await statusOf(path, { origin: 'http://evil.example' }), 403);
      assert.equal(await statusOf(path, { origin: 'null' }), 403);
      const rebound = { host: 'evil.example', origin: 'http://evil.example' };
      assert.equal(await statusOf(path, rebound), 403);
      assert.equal(await statusOf(path, { origin }), 101);
      assert.equal(await statusOf(path, {}), 101);
      // A name of this machine for a program, as in a test's network.
      assert.equal(await statusOf(path, { host: 'server.example' }), 101);
    }
    assert.equal((await fetch(`${origin}/dashboard`)).status, 404);
  },
);
