import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import * as fc from 'fast-check';
import { PartialWriteError, StoreClosedError, stores } from '../../src/components/store/index.ts';
import type { Pattern, PatternQuery, Store, StoreOptions } from '../../src/components/store/index.ts';
import { manyPatterns, patternOf, plain } from '../components/store/patterns.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

// What every store owes its users.

const ids = fc.constantFrom('a', 'b', 'c', 'ü', 'long'.repeat(128), '%', "it's");
const fields = fc.record(
  {
    type: fc.constantFrom('routine', 'preference', 'r', '€'),
    domain: fc.constantFrom('home', 'work'),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
    usageCount: fc.oneof(fc.nat(5), fc.constant(Number.MAX_SAFE_INTEGER)),
    createdAtMs: fc.integer(),
    updatedAtMs: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    lastUsedAtMs: fc.option(fc.integer()),
    body: fc.uint8Array({ maxLength: 40 }),
  },
  { requiredKeys: [] },
);
type Command =
  | { readonly kind: 'put' | 'update'; readonly id: string; readonly fields: Partial<Pattern> }
  | { readonly kind: 'delete' | 'get'; readonly id: string }
  | {
      readonly kind: 'putMany' | 'updateMany';
      readonly all: readonly (readonly [string, Partial<Pattern>])[];
    };
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constantFrom('put' as const, 'update' as const), id: ids, fields }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'get' as const), id: ids }),
  fc.record({
    kind: fc.constantFrom('putMany' as const, 'updateMany' as const),
    all: fc.array(fc.tuple(ids, fields), { maxLength: 6 }),
  }),
);

const query: fc.Arbitrary<PatternQuery> = fc.record(
  {
    type: fc.constantFrom('type-0', 'type-3', 'none'),
    domain: fc.constantFrom('domain-1', 'domain-7'),
    minConfidence: fc.constantFrom(0.1, 0.8, 0.95),
    belowConfidence: fc.constantFrom(0.3, 0.2, 0.9),
    createdFromMs: fc.constant(1_700_400_000_000),
    createdBeforeMs: fc.constant(1_700_600_000_000),
    updatedFromMs: fc.constant(1_700_300_000_000),
    updatedBeforeMs: fc.constant(1_700_700_000_000),
    usedFromMs: fc.constant(1_700_500_000_000),
    unused: fc.boolean(),
    orderBy: fc.constantFrom('usage', 'confidence', 'created', 'updated', 'used'),
    direction: fc.constantFrom('ascending', 'descending'),
    limit: fc.integer({ min: 1, max: 50 }),
    offset: fc.nat(20),
  },
  { requiredKeys: [] },
);

/** The query by its definition, over all patterns; of each answer only what the order tells. */
function byDefinition(all: readonly Pattern[], q: PatternQuery): readonly number[] {
  return all
    .filter(
      (one) =>
        (q.type === undefined || one.type === q.type) &&
        (q.domain === undefined || one.domain === q.domain) &&
        (q.minConfidence === undefined || one.confidence >= q.minConfidence) &&
        (q.belowConfidence === undefined || one.confidence < q.belowConfidence) &&
        (q.createdFromMs === undefined || one.createdAtMs >= q.createdFromMs) &&
        (q.createdBeforeMs === undefined || one.createdAtMs < q.createdBeforeMs) &&
        (q.updatedFromMs === undefined || one.updatedAtMs >= q.updatedFromMs) &&
        (q.updatedBeforeMs === undefined || one.updatedAtMs < q.updatedBeforeMs) &&
        (q.usedFromMs === undefined || (one.lastUsedAtMs ?? -Infinity) >= q.usedFromMs) &&
        (q.unused === undefined || (one.usageCount === 0) === q.unused),
    )
    .map((one) => orderValue(one, q))
    .toSorted((a, b) => (q.direction === 'ascending' ? a - b : b - a) || 0)
    .slice(q.offset ?? 0, (q.offset ?? 0) + (q.limit ?? 100));
}

function orderValue(one: Pattern, { orderBy = 'usage' }: PatternQuery): number {
  if (orderBy === 'usage') return one.usageCount;
  if (orderBy === 'confidence') return one.confidence;
  if (orderBy === 'created') return one.createdAtMs;
  if (orderBy === 'updated') return one.updatedAtMs;
  return one.lastUsedAtMs ?? -1e300;
}

for (const [kind, open] of Object.entries(stores)) {
  const opened = async (context: TestContext, options: Partial<StoreOptions> = {}): Promise<Store> => {
    const store = await open({ path: join(temporaryFolder(context), 'db'), ...options });
    context.after(() => store.close());
    return store;
  };

  describe(`store ${kind}`, () => {
    test('behaves as a map from id to pattern, also after it was opened again', async (context) => {
      const folder = temporaryFolder(context);
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
          const path = join(folder, `db-${runs++}`);
          let store = await open({ path, transactionRows: 4 });
          const model = new Map<string, Pattern>();
          for (const one of commands) await apply(store, model, one);
          await store.close();
          store = await open({ path });
          const all = [...model.keys(), 'not there'];
          assert.deepEqual(
            (await store.getMany(all)).map(plain),
            all.map((id) => plain(model.get(id))),
          );
          assert.equal(await store.count(), model.size);
          await store.close();
        }),
        { numRuns: 40 },
      );
    });

    test('answers every query as its definition does', async (context) => {
      const store = await opened(context);
      const all = manyPatterns(2_000);
      await store.putMany(all);
      // Changes, so that whatever index there is must follow them.
      const changed = all
        .slice(0, 200)
        .map(({ id }, index) => ({ id, changes: { usageCount: index, type: 'type-3' } }));
      assert.equal(await store.updateMany(changed), 200);
      const now = all.map((one, index) => (index < 200 ? { ...one, ...changed[index]!.changes } : one));
      await fc.assert(
        fc.asyncProperty(query, async (q) => {
          const answer = await store.query(q);
          assert.deepEqual(
            answer.map((one) => orderValue(one, q)),
            byDefinition(now, q),
          );
          const byId = new Map(now.map((one) => [one.id, one]));
          assert.equal(new Set(answer.map(({ id }) => id)).size, answer.length);
          for (const one of answer) assert.deepEqual(plain(one), plain(byId.get(one.id)));
        }),
        { numRuns: 150 },
      );
    });

    test('writes take effect in the order of the calls, whether of one or of many', async (context) => {
      const store = await opened(context, { transactionRows: 10 });
      const first = Array.from({ length: 35 }, (_, index) => patternOf(`p${index}`, { usageCount: 1 }));
      const second = first.map((one) => ({ ...one, usageCount: 2 }));
      const writes = [
        store.putMany(first),
        store.putMany(second),
        store.put(patternOf('p30', { usageCount: 3 })),
        store.update('p31', { usageCount: 4 }),
        store.delete('p32'),
        store.update('p32', { usageCount: 5 }),
      ];
      assert.deepEqual((await Promise.all(writes)).slice(3), [true, true, false]);
      const found = await store.getMany(['p0', 'p29', 'p30', 'p31', 'p32']);
      assert.deepEqual(
        found.map((one) => one?.usageCount),
        [2, 2, 3, 4, undefined],
      );
    });

    test('a write of many is transactions of at most so many rows, with the event loop running between', async (context) => {
      const store = await opened(context, { transactionRows: 10, loopBudgetMs: 1_000 });
      let turns = 0;
      let written = false;
      const turn = (): void => {
        turns++;
        if (!written) setImmediate(turn);
      };
      setImmediate(turn);
      await store.putMany(Array.from({ length: 35 }, (_, index) => patternOf(`p${index}`)));
      written = true;
      assert.ok(turns >= 3, `${turns} turns of the loop`);
      assert.equal(store.stats().transactions, 4);
      assert.equal(store.stats().writes, 35);
    });

    test('an update changes what it names and nothing else', async (context) => {
      const store = await opened(context);
      const before = patternOf('p', { lastUsedAtMs: 5, usageCount: 7 });
      await store.put(before);
      assert.equal(await store.update('p', { confidence: 0.9, lastUsedAtMs: null }), true);
      assert.deepEqual(plain(store.getSync('p')), plain({ ...before, confidence: 0.9, lastUsedAtMs: null }));
      assert.equal(await store.update('p', {}), true);
      assert.equal(await store.update('q', { confidence: 0.9 }), false);
      const updates = [
        { id: 'p', changes: { usageCount: 8 } },
        { id: 'q', changes: { usageCount: 8 } },
        { id: 'p', changes: { confidence: 0.1 } },
      ];
      assert.equal(await store.updateMany(updates), 2);
      assert.deepEqual([store.getSync('p')?.usageCount, store.getSync('p')?.confidence], [8, 0.1]);
    });

    test('of several in one write for one id the last counts', async (context) => {
      const store = await opened(context);
      await store.putMany([patternOf('p', { usageCount: 5 }), patternOf('p', { usageCount: 6 })]);
      assert.deepEqual(
        (await store.query({ type: 'routine' })).map((one) => [one.id, one.usageCount]),
        [['p', 6]],
      );
    });

    test('durability "power" keeps the same', async (context) => {
      const store = await opened(context, { durability: 'power' });
      await store.put(patternOf('p'));
      await store.update('p', { usageCount: 2 });
      assert.equal((await store.get('p'))?.usageCount, 2);
    });

    test('a bad pattern writes nothing and is named', async (context) => {
      const store = await opened(context);
      const good = patternOf('good');
      const bad = (changes: object): Promise<void> =>
        store.putMany([good, { ...patternOf('bad'), ...changes }]);
      await assert.rejects(
        bad({ confidence: 1.5 }),
        /`patterns\[1\].confidence` to be a number between 0 and 1, got `1.5`/,
      );
      await assert.rejects(bad({ confidence: NaN }), RangeError);
      await assert.rejects(bad({ usageCount: -1 }), /`patterns\[1\].usageCount`/);
      await assert.rejects(bad({ id: '' }), /`patterns\[1\].id`/);
      await assert.rejects(bad({ id: 'a\0b' }), RangeError);
      await assert.rejects(bad({ type: '\ud800' }), RangeError);
      await assert.rejects(bad({ body: 'text' }), /`patterns\[1\].body` to be a Uint8Array/);
      await assert.rejects(store.put({ ...good, createdAtMs: Infinity }), /`pattern.createdAtMs`/);
      await assert.rejects(store.update('good', { confidence: 2 }), /`changes.confidence`/);
      await assert.rejects(
        async () => Reflect.apply(store.update.bind(store), null, ['good', { colour: 'red' }]),
        /`changes` to be an object of type, domain/,
      );
      await assert.rejects(store.query({ limit: 0 }), /`query.limit`/);
      await assert.rejects(store.query({ limit: 10_001 }), /at most 10000/);
      await assert.rejects(store.query({ minConfidence: NaN }), /`query.minConfidence`/);
      assert.equal(await store.count(), 0);
    });

    test('is closed once, after the writes before it, and then for good', async (context) => {
      const path = join(temporaryFolder(context), 'db');
      const store = await open({ path, transactionRows: 10 });
      const write = store.putMany(Array.from({ length: 100 }, (_, index) => patternOf(`p${index}`)));
      await Promise.all([store.close(), store.close(), write]);
      await assert.rejects(store.get('p0'), StoreClosedError);
      await assert.rejects(store.put(patternOf('p')), StoreClosedError);
      await assert.rejects(store.query({}), StoreClosedError);
      assert.throws(() => store.getSync('p0'), StoreClosedError);
      const again = await open({ path });
      assert.equal(await again.count(), 100);
      await again.close();
    });

    test('counts reads, writes and queries', async (context) => {
      const store = await opened(context);
      await store.putMany([patternOf('a'), patternOf('b')]);
      await store.put(patternOf('c'));
      await store.getMany(['a', 'x']);
      await store.get('b');
      store.getSync('y');
      await store.delete('a');
      await store.query({});
      const { reads, found, writes, transactions, queries } = store.stats();
      assert.deepEqual(
        { reads, found, writes, transactions, queries },
        { reads: 4, found: 2, writes: 4, transactions: 3, queries: 1 },
      );
    });

    test('says what is wrong with its options', async (context) => {
      const path = join(temporaryFolder(context), 'db');
      await assert.rejects(open({ path: '' }), /`path` to be a path/);
      await assert.rejects(open({ path, transactionRows: 0 }), /`transactionRows` to be a positive integer/);
      await assert.rejects(open({ path, loopBudgetMs: -1 }), /`loopBudgetMs`/);
      await assert.rejects(
        async () => Reflect.apply(open, null, [{ path, durability: 'maybe' }]),
        /`durability` to be 'process' or 'power'/,
      );
    });
  });
}

async function apply(store: Store, model: Map<string, Pattern>, one: Command): Promise<void> {
  const update = (id: string, changes: Partial<Pattern>): boolean => {
    const before = model.get(id);
    if (before !== undefined) model.set(id, { ...before, ...changes });
    return before !== undefined;
  };
  if (one.kind === 'put') {
    await store.put(patternOf(one.id, one.fields));
    model.set(one.id, patternOf(one.id, one.fields));
  } else if (one.kind === 'update')
    assert.equal(await store.update(one.id, one.fields), update(one.id, one.fields));
  else if (one.kind === 'delete') assert.equal(await store.delete(one.id), model.delete(one.id));
  else if (one.kind === 'get') assert.deepEqual(plain(await store.get(one.id)), plain(model.get(one.id)));
  else if (one.kind === 'putMany') {
    await store.putMany(one.all.map(([id, some]) => patternOf(id, some)));
    for (const [id, some] of one.all) model.set(id, patternOf(id, some));
  } else if (one.kind === 'updateMany') {
    const found = await store.updateMany(one.all.map(([id, changes]) => ({ id, changes })));
    assert.equal(found, one.all.filter(([id, changes]) => update(id, changes)).length);
  }
}

test('a write of several that fails says how far it came', () => {
  const error = new PartialWriteError(1_000, 5_000, new Error('disk full'));
  assert.equal(error.message, 'Expected to write 5000 rows, got as far as 1000: disk full');
});
