import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { changeLogs } from '../../../src/components/sync/index.ts';
import type { SyncChange, SyncSummary } from '../../../src/components/sync/index.ts';
import { changeOf, contentOf, copyOf, createWorld } from './sync-world.ts';

const manyRecords = (count: number, from = 1): SyncChange[] =>
  Array.from({ length: count }, (_, index) => changeOf(from + index, `record-${index}`));

describe('S09', () => {
  test('S09: a delta has the records that changed and no others', async () => {
    const { log, server, join } = createWorld();
    log.append('server', manyRecords(10_000));
    const client = join();
    await client.sync();
    log.append('server', [changeOf(10_001, 'record-7'), changeOf(10_002, 'record-9', { json: null })]);
    const before = server.stats();
    const { records, bytesReceived } = await client.sync();
    assert.equal(records, 2);
    assert.ok(bytesReceived < 200);
    assert.equal(server.stats().delta - before.delta, 1);
    assert.equal(client.get('record-7'), 'record-7 10001');
    assert.equal(client.get('record-9'), undefined);
    assert.deepEqual(copyOf(client), contentOf(log));
  });

  test('S09: nothing is sent when nothing changed', async () => {
    const { log, server, join } = createWorld();
    log.append('server', manyRecords(100));
    const client = join();
    await client.sync();
    assert.equal((await client.sync()).bytesReceived, 0);
    assert.equal(server.stats().unchanged, 1);
  });

  test('S09: of a hundred changes of one record, one is sent', async () => {
    const { log, join } = createWorld();
    const client = join();
    await client.sync();
    log.append(
      'server',
      Array.from({ length: 100 }, (_, index) => changeOf(index + 1, 'x')),
    );
    assert.equal((await client.sync()).records, 1);
    assert.equal(client.get('x'), 'x 100');
  });
});

test('a full sync comes in pages, of a number of records and of a size', async () => {
  const byNumber = createWorld({ pageRecords: 300 });
  byNumber.log.append('server', manyRecords(1_000));
  assert.deepEqual(requestsAndRecords(await byNumber.join().sync()), [4, 1_000]);
  const bySize = createWorld({ pageCharacters: 5_000 });
  bySize.log.append('server', manyRecords(1_000));
  const { requests, records, bytesReceived } = await bySize.join().sync();
  assert.equal(records, 1_000);
  assert.ok(requests > 3 && bytesReceived / requests < 20_000);
});

function requestsAndRecords({ requests, records }: SyncSummary): [number, number] {
  return [requests, records];
}

test('a client whose cursor is older than the tombstones gets everything, and loses what was deleted', async () => {
  const { log, server, join } = createWorld({ pageRecords: 10 });
  log.append('server', manyRecords(50));
  const client = join();
  await client.sync();
  log.append('server', [changeOf(51, 'record-3', { json: null }), changeOf(52, 'new')]);
  log.compact(51);
  await client.sync();
  assert.equal(server.stats().full, 2);
  assert.deepEqual(copyOf(client), contentOf(log));
});

test('tombstones that are compacted away amid a full sync begin it anew', async () => {
  const { log, server, join } = createWorld({ pageRecords: 10 });
  log.append('server', manyRecords(50));
  let requests = 0;
  const client = join({
    transport: async (body) => {
      if (++requests === 3) {
        log.append('server', [changeOf(51, 'record-3', { json: null })]);
        log.compact(51);
      }
      return server.handle(body);
    },
  });
  await client.sync();
  assert.equal(server.stats().full, 2);
  assert.deepEqual(copyOf(client), contentOf(log));
});

test('a client of another log gets everything of this one', async () => {
  const [first, second] = [createWorld(), createWorld()];
  first.log.append('server', manyRecords(5));
  second.log.append('server', [changeOf(1, 'other')]);
  let { server } = first;
  const client = first.join({ transport: (body) => server.handle(body) });
  await client.sync();
  server = second.server;
  await client.sync();
  assert.deepEqual(copyOf(client), { other: 'other 1' });
});

test('a restart fetches everything anew, and shows the old copy until it is whole', async () => {
  const { log, server, join } = createWorld({ pageRecords: 10 });
  log.append('server', manyRecords(30));
  const sizes: number[] = [];
  const client = join({
    transport: async (body) => {
      sizes.push([...client.records()].length);
      return server.handle(body);
    },
  });
  await client.sync();
  client.restart();
  await client.sync();
  assert.deepEqual(sizes, [0, 0, 0, 30, 30, 30]);
});

test('a value that is longer than the server takes is refused, and nothing is applied', async () => {
  const { log, join } = createWorld();
  const client = join({ retry: { attempts: 1 } });
  client.put('small', 1);
  client.put('large', 'x'.repeat(70_000));
  await assert.rejects(client.sync(), /`request.changes\[1\].value` to be at most 65536 long/);
  assert.equal(log.version(), 0);
});

test("a conflict shows the other client's value, and the change made on it then wins", async () => {
  const { log, join } = createWorld();
  const lost: unknown[] = [];
  const [a, b] = [
    join(),
    join({
      onConflict: (change, current) => {
        lost.push([change.json, current]);
        b.put(change.recordId, [current, 'merged']);
      },
    }),
  ];
  a.put('x', 'first');
  await a.sync();
  await b.sync();
  a.put('x', 'from a');
  b.put('x', 'from b');
  assert.equal(b.get('x'), 'from b');
  await a.sync();
  const { conflicts, applied } = await b.sync();
  assert.deepEqual([conflicts, applied], [1, 1]);
  assert.deepEqual(lost, [['"from b"', 'from a']]);
  assert.deepEqual(contentOf(log), { x: ['from a', 'merged'] });
});

test('a record that was deleted meanwhile can be made again by who was told', async () => {
  const { log, join } = createWorld();
  const [a, b] = [join(), join({ onConflict: ({ recordId }) => b.put(recordId, 'again') })];
  a.put('x', 1);
  await a.sync();
  await b.sync();
  a.delete('x');
  b.put('x', 2);
  await a.sync();
  await b.sync();
  assert.deepEqual(contentOf(log), { x: 'again' });
  assert.deepEqual(copyOf(b), { x: 'again' });
});

const action = fc.record({
  who: fc.nat(2),
  what: fc.constantFrom('put', 'put', 'delete', 'sync', 'sync', 'compact', 'restart'),
  record: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
});

for (const kind of ['memory', 'sqlite'] as const) {
  test(`copies are equal to the ${kind} log once all have synced, whatever was done before`, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (actions, pageRecords) => {
          const log = changeLogs[kind]({ path: ':memory:' });
          const { join } = createWorld({ pageRecords, log });
          const clients = [join(), join({ maxBatch: 1 }), join({ maxBatch: 2 })];
          for (const [index, { who, what, record }] of actions.entries()) {
            const client = clients[who];
            if (client === undefined) continue;
            if (what === 'put') client.put(record, index);
            else if (what === 'delete') client.delete(record);
            else if (what === 'sync') await client.sync();
            else if (what === 'restart') client.restart();
            else log.compact(log.version());
          }
          for (const client of [...clients, ...clients]) await client.sync();
          for (const client of clients) assert.deepEqual(copyOf(client), contentOf(log));
          log.close();
        },
      ),
      { numRuns: kind === 'memory' ? 200 : 60 },
    ));
}
