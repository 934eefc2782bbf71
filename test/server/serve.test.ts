import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ChildProcess } from 'node:child_process';

function serve(name: string): ChildProcess {
  return fork(fileURLToPath(new URL('../../src/server/serve.ts', import.meta.url)), [name], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

test(
  'listens on a loopback port, tells it, and ends when its parent goes, even with a connection open',
  { timeout: 120_000 },
  async () => {
    const child = serve('items');
    const [message] = await once(child, 'message');
    const reply = await fetch(`http://127.0.0.1:${message.port}/items/1`);
    assert.equal(reply.status, 200);
    child.disconnect();
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [0, null]);
  },
);

test('refuses an unknown name', { timeout: 120_000 }, async () => {
  const child = serve('__proto__');
  assert.deepEqual(await once(child, 'exit'), [2, null]);
});
