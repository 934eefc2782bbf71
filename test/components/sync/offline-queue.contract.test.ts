import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OfflineQueueFullError, offlineQueues } from '../../../src/components/sync/index.ts';
import type { OfflineQueue, OfflineQueueKind } from '../../../src/components/sync/index.ts';
import { contentOf, createWorld, withDatabasePath } from './sync-world.ts';

// What every offline queue owes its users.

const kinds = Object.keys(offlineQueues).filter((kind): kind is OfflineQueueKind => kind in offlineQueues);
const edit = (recordId: string, json: string | null = '1', baseVersion: number | null = 4) => ({
  recordId,
  json,
  baseVersion,
});

async function withQueue(kind: OfflineQueueKind, work: (queue: OfflineQueue) => void): Promise<void> {
  await withDatabasePath((path) => {
    const queue = offlineQueues[kind]({ path, maxChanges: 4 });
    work(queue);
    queue.close();
  });
}

for (const kind of kinds) {
  describe(`the ${kind} offline queue`, () => {
    test('numbers changes and gives them back in order', () =>
      withQueue(kind, (queue) => {
        assert.deepEqual(queue.push(edit('x')), { ...edit('x'), sequence: 1 });
        queue.push(edit('y', null, null));
        queue.push(edit('x', '{"a":1}'));
        assert.equal(queue.size, 3);
        assert.deepEqual(queue.first(2), [
          { ...edit('x'), sequence: 1 },
          { ...edit('y', null, null), sequence: 2 },
        ]);
        assert.deepEqual(queue.of('x'), [
          { ...edit('x'), sequence: 1 },
          { ...edit('x', '{"a":1}'), sequence: 3 },
        ]);
        assert.deepEqual(queue.of('none'), []);
      }));

    test('forgets what is settled, and never gives a number twice', () =>
      withQueue(kind, (queue) => {
        for (const record of ['x', 'y', 'x']) queue.push(edit(record));
        queue.settle(2);
        assert.deepEqual(
          [queue.size, queue.first(9).length, queue.of('x').length, queue.of('y').length],
          [1, 1, 1, 0],
        );
        queue.settle(3);
        queue.settle(3);
        assert.equal(queue.size, 0);
        assert.equal(queue.push(edit('z')).sequence, 4);
      }));

    test('is bounded, and has room again when changes are settled', () =>
      withQueue(kind, (queue) => {
        for (let count = 0; count < 4; count++) queue.push(edit('x'));
        assert.throws(() => queue.push(edit('x')), OfflineQueueFullError);
        queue.settle(1);
        assert.equal(queue.push(edit('x')).sequence, 5);
      }));
  });
}

test('two clients have different ids', () => {
  assert.notEqual(offlineQueues.memory().clientId, offlineQueues.memory().clientId);
});

test('changes in a SQLite queue outlive the process, and arrive once although the reply was lost before it ended', () =>
  withDatabasePath(async (path) => {
    const { log, server, join } = createWorld();
    const before = offlineQueues.sqlite({ path });
    const first = join({
      queue: before,
      retry: { attempts: 1 },
      transport: async (body) => {
        await server.handle(body);
        throw new Error('reset');
      },
    });
    first.put('x', 1);
    first.put('y', 2);
    await assert.rejects(first.sync(), /reset/);
    before.close();
    const after = offlineQueues.sqlite({ path });
    assert.deepEqual([after.clientId, after.size], [before.clientId, 2]);
    const second = join({ queue: after });
    second.put('z', 3);
    await second.sync();
    assert.equal(after.size, 0);
    assert.deepEqual([log.version(), contentOf(log)], [3, { x: 1, y: 2, z: 3 }]);
    assert.equal(second.get('y'), 2);
    after.close();
    const third = offlineQueues.sqlite({ path });
    assert.equal(third.push(edit('x')).sequence, 4);
    third.close();
  }));
