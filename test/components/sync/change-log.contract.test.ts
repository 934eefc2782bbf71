import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SequenceGapError, changeLogs } from '../../../src/components/sync/index.ts';
import type { ChangeLog, ChangeLogKind, SyncChange } from '../../../src/components/sync/index.ts';
import { changeOf, contentOf, withDatabasePath } from './sync-world.ts';

// What every change log owes its users.

const kinds = Object.keys(changeLogs).filter((kind): kind is ChangeLogKind => kind in changeLogs);

async function withLog<T>(kind: ChangeLogKind, work: (log: ChangeLog) => T | Promise<T>): Promise<T> {
  return withDatabasePath(async (path) => {
    const log = changeLogs[kind]({ path });
    try {
      return await work(log);
    } finally {
      log.close();
    }
  });
}

for (const kind of kinds) {
  describe(`the ${kind} change log`, () => {
    test('gives every change the next version and returns what changed since one', () =>
      withLog(kind, (log) => {
        assert.equal(log.version(), 0);
        log.append('a', [changeOf(1, 'x'), changeOf(2, 'y'), changeOf(3, 'x')]);
        assert.equal(log.version(), 3);
        assert.deepEqual(log.since(0, 10), [
          { recordId: 'y', version: 2, json: '"y 2"' },
          { recordId: 'x', version: 3, json: '"x 3"' },
        ]);
        assert.deepEqual(log.since(2, 10), [{ recordId: 'x', version: 3, json: '"x 3"' }]);
        assert.deepEqual(log.since(3, 10), []);
        assert.deepEqual(log.since(0, 1), [{ recordId: 'y', version: 2, json: '"y 2"' }]);
        assert.deepEqual(log.get('x'), { recordId: 'x', version: 3, json: '"x 3"' });
      }));

    test('keeps a tombstone of a deleted record until it is compacted', () =>
      withLog(kind, (log) => {
        log.append('a', [changeOf(1, 'x'), changeOf(2, 'y'), changeOf(3, 'x', { json: null })]);
        assert.equal(log.get('x'), undefined);
        assert.deepEqual(log.since(2, 10), [{ recordId: 'x', version: 3, json: null }]);
        assert.deepEqual(log.stats(), { records: 1, tombstones: 1, clients: 1 });
        assert.equal(log.compact(2), 0);
        assert.equal(log.compact(100), 1);
        assert.equal(log.floor(), 3);
        assert.equal(log.version(), 3);
        assert.deepEqual(log.stats(), { records: 1, tombstones: 0, clients: 1 });
        const [outcome] = log.append('a', [changeOf(4, 'z')]);
        assert.equal(outcome?.version, 4);
      }));

    test('tells the outcome of a change again instead of making it again', () =>
      withLog(kind, (log) => {
        const changes = [changeOf(1, 'x'), changeOf(2, 'y')];
        const first = log.append('a', changes);
        assert.deepEqual(log.append('a', changes), first);
        assert.equal(log.version(), 2);
        assert.deepEqual(log.append('a', [...changes, changeOf(3, 'z')]).slice(0, 2), first);
        assert.equal(log.version(), 3);
        log.append('a', [changeOf(4, 'z')]);
        assert.deepEqual(log.append('a', [changeOf(2, 'y')]), [
          { sequence: 2, state: 'forgotten', version: 0 },
        ]);
        assert.equal(log.version(), 4);
      }));

    test('refuses a change whose predecessors are missing, and makes none of the others', () =>
      withLog(kind, (log) => {
        log.append('a', [changeOf(1, 'x')]);
        assert.throws(() => log.append('a', [changeOf(3, 'y')]), SequenceGapError);
        assert.throws(() => log.append('a', [changeOf(2, 'y'), changeOf(4, 'y')]), /`changes\[1\].sequence`/);
        assert.equal(log.version(), 1);
        assert.equal(log.append('b', [changeOf(7, 'y')])[0]?.state, 'applied');
      }));

    test('lets the first committed change win, a client its own later ones, and no base always', () =>
      withLog(kind, (log) => {
        log.append('a', [changeOf(1, 'x')]);
        const edit = { baseVersion: 1 };
        assert.equal(log.append('b', [changeOf(1, 'x', edit)])[0]?.state, 'applied');
        assert.deepEqual(log.append('a', [changeOf(2, 'x', edit)]), [
          { sequence: 2, state: 'conflict', version: 2 },
        ]);
        assert.equal(log.append('b', [changeOf(2, 'x', edit)])[0]?.state, 'applied');
        assert.equal(log.append('a', [changeOf(3, 'x')])[0]?.state, 'applied');
        assert.equal(log.get('x')?.json, '"x 3"');
      }));

    test('refuses ids and versions that are none', () =>
      withLog(kind, (log) => {
        assert.throws(() => log.append('', [changeOf(1, 'x')]), /`clientId`/);
        assert.throws(() => log.append('a', [changeOf(1, 'x\ud800')]), /`changes\[0\].recordId`/);
        assert.throws(() => log.append('a', [changeOf(0, 'x')]), /positive integer/);
        assert.throws(() => log.append('a', [changeOf(1, 'x', { baseVersion: -1 })]), /baseVersion/);
        assert.throws(() => log.since(-1, 1), /`version`/);
        assert.throws(() => log.since(0, 0), /`limit`/);
      }));
  });
}

test('the SQLite change log is the same when it is opened again', () =>
  withDatabasePath((path) => {
    const before = changeLogs.sqlite({ path, durability: 'power' });
    before.append('a', [changeOf(1, 'x'), changeOf(2, 'y', { json: null })]);
    before.compact(2);
    before.close();
    const after = changeLogs.sqlite({ path });
    assert.equal(after.epoch, before.epoch);
    assert.deepEqual([after.version(), after.floor()], [2, 2]);
    assert.deepEqual(after.append('a', [changeOf(2, 'y')]), [{ sequence: 2, state: 'applied', version: 2 }]);
    assert.deepEqual(contentOf(after), { x: 'x 1' });
    after.close();
  }));

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      client: fc.constantFrom('a', 'b', 'c'),
      records: fc.array(
        fc.record({
          recordId: fc.constantFrom('x', 'y', 'z', 'ü', '💡'),
          json: fc.option(fc.json(), { freq: 3 }),
          baseVersion: fc.option(fc.nat(20)),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      again: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ compact: fc.nat(30) }) },
);

test('all change logs do the same, whatever is done to them', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const sqlite = changeLogs.sqlite({ path: ':memory:' });
      const memory = changeLogs.memory();
      const sequences = new Map<string, number>();
      for (const one of steps) {
        if ('compact' in one) {
          assert.equal(memory.compact(one.compact), sqlite.compact(one.compact));
        } else {
          const last = sequences.get(one.client) ?? 0;
          const changes: SyncChange[] = one.records.map((fields, index) => ({
            ...fields,
            sequence: last + 1 + index,
          }));
          sequences.set(one.client, last + changes.length);
          const outcomes = memory.append(one.client, changes);
          assert.deepEqual(sqlite.append(one.client, changes), outcomes);
          if (one.again) {
            assert.deepEqual(memory.append(one.client, changes), outcomes);
            assert.deepEqual(sqlite.append(one.client, changes), outcomes);
          }
        }
        assert.deepEqual(memory.since(3, 4), sqlite.since(3, 4));
        assert.deepEqual(memory.since(0, 100), sqlite.since(0, 100));
        assert.deepEqual(memory.stats(), sqlite.stats());
        assert.deepEqual([memory.version(), memory.floor()], [sqlite.version(), sqlite.floor()]);
      }
      sqlite.close();
    }),
    { numRuns: 100 },
  ));

test('the memory change log stays as small as its records, however often they change', () => {
  const log = changeLogs.memory();
  for (let sequence = 1; sequence <= 10_000; sequence++)
    log.append('a', [changeOf(sequence, `r${sequence % 10}`)]);
  assert.deepEqual(
    log.since(0, 100).map(({ version }) => version),
    [9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999, 10_000],
  );
});
