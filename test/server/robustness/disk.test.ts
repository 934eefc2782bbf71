import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { failingServerProcess, onSmallDisk, startServerProcess, whyNoSmallDisk } from './server-process.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** Take up all that is left of a disk. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let bytes = 65_536; bytes >= 1;) {
      try {
        writeSync(file, Buffer.alloc(bytes));
      } catch {
        bytes = Math.floor(bytes / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}

const value = 'x'.repeat(20_000);

describe('the disk', { timeout: 240_000 }, () => {
  test(
    'when it is full, is told to those who write; reads go on, and writes when there is room again',
    { skip: whyNoSmallDisk() ?? false },
    async (context) => {
      const folder = temporaryFolder(context);
      const server = await startServerProcess(context, folder, {
        wrapper: onSmallDisk(folder, 8_388_608),
      });
      const write = (id: string) => server.post('/sync', { changes: [{ id, value }] });
      const ask = () => server.post('/messages', { conversation: 'c', question: 'What about boats?' });
      const patterns = Array.from({ length: 50 }, (_, index) => ({
        id: `p${index}`,
        type: 't',
        domain: 'd',
        confidence: 1,
        body: { text: value.slice(0, 4_000) },
      }));
      const put = () => server.post('/patterns', { patterns });
      assert.deepEqual([(await write('before')).status, (await ask()).status], [200, 200]);

      // The disk as the server sees it.
      const ballast = join(`/proc/${server.pid}/root`, folder, 'ballast');
      fill(ballast);
      const stored: string[] = ['before'];
      let refused = 0;
      for (let index = 0; refused < 5; index++) {
        const { status, json } = await write(`full-${index}`);
        if (status === 200) stored.push(`full-${index}`);
        else {
          assert.equal(status, 507);
          assert.match(json.error, /^nothing was stored: /);
          refused++;
        }
      }
      // What is small may still fit into the last page of the log; what is not does not.
      const patternReply = await put();
      assert.equal(patternReply.status, 507);
      assert.match(patternReply.json.error, /^nothing was stored: /);
      for (const path of ['/health', '/patterns/pattern-00000001', '/conversations/c/state', '/metrics'])
        assert.equal((await fetch(`http://127.0.0.1:${server.port}${path}`)).status, 200, path);

      rmSync(ballast);
      assert.equal((await write('after')).status, 200);
      assert.equal((await put()).status, 201);
      const again = await ask();
      assert.equal(again.status, 200);
      const { json } = await server.post('/sync', { full: true });
      const ids = new Set(json.changed.map(({ id }: { id: string }) => id));
      assert.deepEqual(
        [...stored, 'after'].filter((id) => !ids.has(id)),
        [],
      );
      // Nothing was written twice either, by a repeated transaction: two for each time it was answered.
      const messages = await server.get('/conversations/c/messages');
      assert.equal(messages.json.items.length, again.json.messages);
      server.kill('SIGTERM');
      assert.equal(await server.exited, 0);
    },
  );

  for (const name of ['app.db', 'patterns.db']) {
    test(`with a ${name} that is none: the server does not start, and says what it expected where`, async (context) => {
      const folder = temporaryFolder(context);
      writeFileSync(join(folder, name), 'this is no database at all, but long enough to be one '.repeat(100));
      const { code, stderr } = await failingServerProcess(context, folder);
      assert.equal(typeof code === 'number' && code > 0, true);
      assert.match(stderr, /expected databases of this server in .*not a database/);
      assert.doesNotMatch(stderr, /\n\s+at /);
    });
  }

  test('where a folder stands in the place of a database: the server does not start, and says so', async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'app.db'));
    const { code, stderr } = await failingServerProcess(context, folder);
    assert.equal(typeof code === 'number' && code > 0, true);
    assert.match(stderr, /expected databases of this server in .*unable to open/);
  });

  test('with nothing but the start of a log of writes, torn off: the server starts', async (context) => {
    const folder = temporaryFolder(context);
    const first = await startServerProcess(context, folder);
    assert.equal((await first.post('/sync', { changes: [{ id: 'kept', value: 1 }] })).status, 200);
    first.kill('SIGKILL');
    await first.exited;
    const log = readdirSync(folder).find((name) => name === 'app.db-wal');
    assert.ok(log !== undefined);
    // As a machine leaves it that lost power in the middle of the next transaction.
    writeFileSync(join(folder, log), Buffer.alloc(3_000, 7), { flag: 'a' });
    const second = await startServerProcess(context, folder);
    const { json } = await second.post('/sync', { full: true });
    assert.ok(json.changed.some(({ id }: { id: string }) => id === 'kept'));
  });
});
