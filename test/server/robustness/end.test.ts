import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startServerProcess } from './server-process.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import type { ServerProcess } from './server-process.ts';

interface Written {
  readonly records: string[];
  /** Messages in each conversation, as the last reply said. */
  readonly conversations: Map<string, number>;
  /** Replies other than 200, with their words. */
  readonly refused: string[];
}

/** So many clients write, each one request after the other, until the server does not answer. */
function write(
  server: ServerProcess,
  clients: number,
  onReply: () => void,
): { written: Written; end: Promise<unknown> } {
  const written: Written = { records: [], conversations: new Map(), refused: [] };
  const one = async (client: number): Promise<void> => {
    for (let index = 0; ; index++) {
      const id = `r-${client}-${index}`;
      const conversation = `c-${client}`;
      try {
        const reply =
          client % 2 === 0
            ? await server.post('/sync', { changes: [{ id, value: { index } }] })
            : await server.post('/messages', { conversation, question: `What about boats, ${client}?` });
        if (reply.status !== 200) written.refused.push(`${reply.status} ${reply.json?.error}`);
        else if (client % 2 === 0) written.records.push(id);
        else written.conversations.set(conversation, reply.json.messages);
      } catch {
        return;
      }
      onReply();
    }
  };
  return { written, end: Promise.all(Array.from({ length: clients }, (_, client) => one(client))) };
}

async function assertKept(server: ServerProcess, { records, conversations }: Written): Promise<void> {
  const { json } = await server.post('/sync', { full: true });
  const ids = new Set(json.changed.map(({ id }: { id: string }) => id));
  assert.deepEqual(
    records.filter((id) => !ids.has(id)),
    [],
  );
  for (const [conversation, messages] of conversations) {
    const { json: state } = await server.get(`/conversations/${conversation}/state`);
    assert.ok(state.messages >= messages, `${conversation}: ${state.messages} of ${messages}`);
    const { json: kept } = await server.get(`/conversations/${conversation}/messages?limit=500`);
    assert.equal(kept.items.length, Math.min(500, state.messages), conversation);
  }
}

/** Calls back once, with the reply of that number. */
function atReply(number: number, work: () => void): () => void {
  let replies = 0;
  return () => {
    if (++replies === number) work();
  };
}

describe('the end of the server', { timeout: 240_000 }, () => {
  test('by SIGTERM under 200 clients is clean, and every acknowledged write is on disk', async (context) => {
    const folder = temporaryFolder(context);
    const server = await startServerProcess(context, folder);
    const { written, end } = write(
      server,
      200,
      atReply(600, () => server.kill('SIGTERM')),
    );
    assert.equal(await server.exited, 0, server.stderr());
    await end;
    assert.ok(written.records.length > 50 && written.conversations.size > 50);
    // Whoever was answered at all was answered well or told that the server stops.
    assert.deepEqual(
      written.refused.filter((reply) => !/^503 the server is stopping$/.test(reply)),
      [],
    );
    await assertKept(await startServerProcess(context, folder), written);
  });

  test('by SIGKILL in the middle of writes loses none that was acknowledged', async (context) => {
    const folder = temporaryFolder(context);
    for (let round = 0; round < 3; round++) {
      const server = await startServerProcess(context, folder);
      const { written, end } = write(
        server,
        50,
        atReply(150 + 37 * round, () => server.kill('SIGKILL')),
      );
      assert.equal(await server.exited, 'SIGKILL');
      await end;
      assert.ok(written.records.length > 10);
      const again = await startServerProcess(context, folder);
      await assertKept(again, written);
      again.kill('SIGTERM');
      assert.equal(await again.exited, 0);
    }
  });
});
