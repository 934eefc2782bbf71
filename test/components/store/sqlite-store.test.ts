import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openSqliteStore, PartialWriteError, patternIndexes } from '../../../src/components/store/index.ts';
import type { PatternQuery, SqliteStore, SqliteStoreOptions } from '../../../src/components/store/index.ts';
import { manyPatterns, patternOf } from './patterns.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

async function opened(context: TestContext, options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const store = await openSqliteStore({ path: join(temporaryFolder(context), 'db'), ...options });
  context.after(() => store.close());
  return store;
}

test('has the documented settings, as SQLite itself reports them', async (context) => {
  const store = await opened(context);
  assert.deepEqual(store.pragmas(), {
    auto_vacuum: 2, // incremental
    journal_mode: 'wal',
    synchronous: 1, // normal
    mmap_size: 268_435_456,
    cache_size: -65_536, // KiB: 64 MiB
    temp_store: 2, // memory
    busy_timeout: 5_000,
    wal_autocheckpoint: 4_000,
    journal_size_limit: 67_108_864,
    page_size: 4_096,
  });
});

test('has the settings that it is given', async (context) => {
  const store = await opened(context, {
    durability: 'power',
    journal: 'rollback',
    mmapBytes: 0,
    cacheBytes: 1024 ** 2,
    busyTimeoutMs: 10,
  });
  const { synchronous, journal_mode, mmap_size, cache_size, busy_timeout } = store.pragmas();
  assert.deepEqual(
    [synchronous, journal_mode, mmap_size, cache_size, busy_timeout],
    [2, 'delete', 0, -1_024, 10],
  );
});

test('says which setting it cannot follow', async (context) => {
  const path = join(temporaryFolder(context), 'db');
  const refused = (options: object, message: RegExp): Promise<void> =>
    assert.rejects(async () => Reflect.apply(openSqliteStore, null, [{ path, ...options }]), message);
  await refused({ journal: 'memory' }, /`journal` to be 'wal' or 'rollback'/);
  await refused({ mmapBytes: -1 }, /`mmapBytes`/);
  await refused({ cacheBytes: 0 }, /`cacheBytes`/);
  await refused({ statements: 0 }, /`statements`/);
  await refused({ slowQueryMs: NaN }, /`slowQueryMs`/);
  await refused({ path: join(path, 'no', 'folder') }, /unable to open/);
});

describe('the index that SQLite takes for', () => {
  const cases: readonly (readonly [string, PatternQuery, keyof typeof patternIndexes])[] = [
    ['the most used', {}, 'patterns_usage'],
    ['the best known of a type', { type: 'type-1', minConfidence: 0.5 }, 'patterns_type_usage'],
    ['the best known of a domain', { domain: 'domain-1' }, 'patterns_domain_usage'],
    ['a domain and type', { type: 'type-1', domain: 'domain-1' }, 'patterns_domain_type_usage'],
    ['the surest of a type', { type: 'type-1', orderBy: 'confidence' }, 'patterns_type_confidence_usage'],
    ['the newest', { orderBy: 'created', createdFromMs: 1 }, 'patterns_created'],
    ['the newest of a type', { type: 'type-1', orderBy: 'created' }, 'patterns_type_created'],
    ['the newest of a domain', { domain: 'domain-1', orderBy: 'created' }, 'patterns_domain_created'],
    ['the last changed', { orderBy: 'updated' }, 'patterns_updated'],
    ['the last used', { orderBy: 'used', usedFromMs: 1 }, 'patterns_used'],
    ['the trusted', { minConfidence: 0.9, orderBy: 'confidence' }, 'patterns_trusted'],
    ['the trusted by use', { minConfidence: 0.8 }, 'patterns_trusted_usage'],
    ['the trusted of a type by use', { type: 'type-1', minConfidence: 0.9 }, 'patterns_type_usage'],
    [
      'the doubtful, oldest first',
      { belowConfidence: 0.3, orderBy: 'updated', direction: 'ascending' },
      'patterns_doubtful',
    ],
    [
      'the unused of a type, oldest first',
      { type: 'type-1', unused: true, orderBy: 'created', direction: 'ascending' },
      'patterns_unused',
    ],
  ];
  for (const [what, query, index] of cases) {
    test(`${what} is ${index}, and nothing is sorted`, async (context) => {
      // Every statement is slow: its plan is logged.
      const store = await opened(context, { slowQueryMs: 0, now: steadily() });
      await store.putMany(manyPatterns(3_000));
      await store.query(query);
      const plan = store.slowQueries().find(({ sql }) => sql.includes('ORDER BY'))?.plan ?? [];
      assert.equal(plan.length, 1, plan.join('\n'));
      assert.match(plan[0]!, new RegExp(`^(?:SEARCH|SCAN) patterns USING INDEX ${index}\\b`));
    });
  }

  test('the unused of a type is patterns_unused also where statistics say that few patterns share a use count', async (context) => {
    const store = await opened(context, { slowQueryMs: 0, now: steadily() });
    const patterns = manyPatterns(3_000).map((one, index) => ({
      ...one,
      usageCount: index % 4 === 0 ? 0 : index,
    }));
    // More rows than the statistics are left alone for.
    for (let round = 0; round < 4; round++) await store.putMany(patterns);
    await store.query({ type: 'type-1', unused: true, orderBy: 'created' });
    const plan = store.slowQueries().find(({ sql }) => sql.includes('ORDER BY'))?.plan ?? [];
    assert.deepEqual(plan, ['SEARCH patterns USING INDEX patterns_unused (type=?)']);
    await store.close();
  });

  test('there are at least ten, compound and partial, and each has its query', () => {
    const all = Object.values(patternIndexes);
    assert.ok(all.length >= 10);
    assert.ok(
      all.filter((on) => on.includes(',')).length >= 5 &&
        all.filter((on) => on.includes('WHERE')).length >= 3,
    );
    const used = new Set(cases.map(([, , index]) => index));
    assert.deepEqual(
      Object.keys(patternIndexes).filter((name) => !used.has(name as never)),
      [],
    );
  });
});

/** A clock on which each reading is a millisecond later. */
function steadily(): () => number {
  let ms = 0;
  return () => ms++;
}

test('logs a slow query with its plan, suggests an index, and measures what that does', async (context) => {
  const heard: string[] = [];
  const store = await opened(context, {
    indexes: false,
    slowQueryMs: 0.5,
    now: steadily(),
    onSlowQuery: ({ sql }) => heard.push(sql),
  });
  await store.putMany(manyPatterns(500));
  for (let time = 0; time < 3; time++) await store.query({ type: 'type-1', minConfidence: 0.5 });
  const slow = store.slowQueries().find(({ sql }) => sql.startsWith('SELECT'));
  assert.ok(slow !== undefined);
  assert.deepEqual([slow.times, slow.slowestMs, slow.totalMs], [3, 1, 3]);
  assert.deepEqual(slow.plan, ['SCAN patterns', 'USE TEMP B-TREE FOR ORDER BY']);
  assert.equal(
    slow.suggestion,
    'CREATE INDEX IF NOT EXISTS suggested_patterns_type_usage_count_confidence ' +
      'ON patterns (type, usage_count DESC, confidence)',
  );
  assert.equal(heard.filter((sql) => sql === slow.sql).length, 3);
  const trial = store.tryIndex(slow.sql);
  assert.deepEqual([trial?.used, trial?.withoutMs, trial?.withMs], [true, 1, 1]);
  assert.match(trial?.plan[0] ?? '', /USING INDEX suggested_patterns_type_usage_count_confidence/);
  // Rolled back: the next run is as slow as ever.
  await store.query({ type: 'type-1', minConfidence: 0.5 });
  assert.equal(store.tryIndex('SELECT 1'), null);
});

test('prepares a statement anew only until its second use', async (context) => {
  const store = await opened(context);
  for (let index = 0; index < 100; index++) await store.put(patternOf(`p${index}`));
  for (let index = 0; index < 100; index++) store.getSync(`p${index}`);
  const { prepared, hits, size, evictions } = store.stats().statements;
  assert.deepEqual([prepared, hits, size, evictions], [4, 196, 2, 0]);
});

test('ends a transaction early when it has taken its share of the loop', async (context) => {
  let ms = 0;
  // A millisecond for every two readings: the budget of 8 is over after 16 rows, at the first look.
  const store = await opened(context, { now: () => (ms += 0.5), loopBudgetMs: 8, slowQueryMs: 1_000 });
  await store.putMany(manyPatterns(100));
  const { splits, transactions, writes } = store.stats();
  assert.deepEqual([splits, transactions, writes], [6, 7, 100]);
});

test('a transaction that fails is undone, those before it stay', async (context) => {
  const path = join(temporaryFolder(context), 'db');
  const store = await openSqliteStore({ path, transactionRows: 10 });
  context.after(() => store.close());
  const other = new DatabaseSync(path);
  other.exec(
    `CREATE TRIGGER full BEFORE INSERT ON patterns WHEN new.id = 'p25' BEGIN SELECT RAISE(FAIL, 'disk full'); END`,
  );
  other.close();
  const patterns = Array.from({ length: 40 }, (_, index) => patternOf(`p${index}`));
  await assert.rejects(store.putMany(patterns), (error) => {
    assert.ok(error instanceof PartialWriteError);
    assert.deepEqual(
      [error.written, error.message],
      [20, 'Expected to write 40 rows, got as far as 20: disk full'],
    );
    return true;
  });
  assert.equal(await store.count(), 20);
  await store.put(patternOf('after'));
  assert.equal(await store.count(), 21);
});

test('keeps the log short when no reader is in the way, and does not wait for one that is', async (context) => {
  const path = join(temporaryFolder(context), 'db');
  let nowMs = 0;
  // SQLite's own checkpoints off: what is tested is the watch.
  const options = { walLimitBytes: 200_000, autoCheckpointPages: 0, busyTimeoutMs: 60_000 };
  const store = await openSqliteStore({ path, ...options, loopBudgetMs: 1e6, now: () => nowMs });
  context.after(() => store.close());
  for (let round = 0; round < 10; round++) await store.putMany(manyPatterns(200, round));
  const free = store.stats().wal;
  assert.ok(free.checkpoints >= 5 && free.starved === 0, JSON.stringify(free));
  assert.ok(statSync(`${path}-wal`).size < 2_000_000);

  const reader = new DatabaseSync(path);
  reader.exec('BEGIN; SELECT count(*) FROM patterns');
  reader.prepare('SELECT count(*) FROM patterns').get();
  for (let round = 0; round < 4; round++) await store.putMany(manyPatterns(200, round));
  const starved = store.stats().wal;
  // Once, for the clock stands still: the next try is a second later.
  assert.equal(starved.starved, 1);
  assert.ok(starved.walBytes > 200_000);
  reader.exec('COMMIT');
  reader.close();
  nowMs = 2_000;
  await store.putMany(manyPatterns(200));
  assert.equal(store.stats().wal.starved, 1);
  assert.equal(store.stats().wal.walBytes, 0);
});

test('an update touches no column but its own', async (context) => {
  const store = await opened(context, { slowQueryMs: 0, now: steadily() });
  await store.put(patternOf('p'));
  await store.update('p', { confidence: 0.75, updatedAtMs: 5 });
  const sql = store.slowQueries().map((one) => one.sql);
  assert.ok(sql.includes('UPDATE patterns SET confidence = ?, updated_at = ? WHERE id = ?'));
});

test('opens without indexes and gets them when it is opened with them', async (context) => {
  const path = join(temporaryFolder(context), 'db');
  const indexes = (): number => {
    const database = new DatabaseSync(path);
    const row = database
      .prepare(`SELECT count(*) AS n FROM sqlite_master WHERE name GLOB 'patterns_*'`)
      .get();
    database.close();
    return Number(row?.['n']);
  };
  await (await openSqliteStore({ path, indexes: false })).close();
  assert.equal(indexes(), 0);
  await (await openSqliteStore({ path })).close();
  assert.equal(indexes(), Object.keys(patternIndexes).length);
});
