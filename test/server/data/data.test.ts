import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { openSqliteStore } from '../../../src/components/store/index.ts';
import type { TunedDatabase } from '../../../src/components/store/index.ts';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import type { ServerConfig } from '../../../src/server/config/server-config.ts';
import { createConversations } from '../../../src/server/data/conversations.ts';
import { openAppDatabase } from '../../../src/server/data/open-app-database.ts';
import { createPatterns } from '../../../src/server/data/patterns.ts';
import {
  seedPatterns,
  seedRecords,
  seededPatternId,
  seededRecordId,
} from '../../../src/server/data/seed-data.ts';
import { createSyncRecords } from '../../../src/server/data/sync-records.ts';
import { createWriter } from '../../../src/server/data/writer.ts';
import type { Writer } from '../../../src/server/data/writer.ts';
import { createCorpus } from '../../../src/server/work/corpus.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const { config: defaults } = resolveConfig();
const corpus = createCorpus(1, 64);

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'perfkit-data-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface Opened {
  readonly database: TunedDatabase;
  readonly writer: Writer;
  readonly path: string;
}

function open(
  context: TestContext,
  { queue = true, ...config }: Partial<ServerConfig> & { queue?: boolean } = {},
): Opened {
  const path = join(folder(context), 'app.db');
  const database = openAppDatabase(path, { ...defaults, ...config });
  const clock = new VirtualClock();
  const writer = createWriter(database, { queue, now: clock.nowMs, timers: clock });
  context.after(async () => {
    await writer.close();
    database.close();
  });
  return { database, writer, path };
}

const insert = (id: string) => (database: TunedDatabase) =>
  database.run("INSERT INTO meta (name, value) VALUES (?, 'x')", id);
const count = (database: TunedDatabase): unknown => database.get('SELECT count(*) AS n FROM meta')?.['n'];

describe('the write queue', () => {
  test('puts writes that come together into one transaction, each with its own result', async (context) => {
    const { database, writer } = open(context);
    const results = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        writer.write((within) => {
          insert(id)(within);
          return `wrote ${id}`;
        }),
      ),
    );
    assert.deepEqual(results, ['wrote a', 'wrote b', 'wrote c']);
    assert.equal(writer.stats().batches, 1);
    assert.equal(count(database), 3);
  });

  test('without it each write has a transaction of its own', async (context) => {
    const { writer } = open(context, { queue: false });
    await Promise.all(['a', 'b', 'c'].map((id) => writer.write(insert(id))));
    assert.equal(writer.stats().batches, 3);
  });

  test('keeps the others when one of a batch fails, and nothing of that one', async (context) => {
    const { database, writer } = open(context);
    const results = await Promise.allSettled([
      writer.write(insert('a')),
      writer.write((within) => {
        insert('half')(within);
        throw new Error('no');
      }),
      writer.write(insert('b')),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(count(database), 2);
  });

  test('has committed what it acknowledged: another connection sees it', async (context) => {
    const { writer, path } = open(context);
    const other = openAppDatabase(path, defaults);
    context.after(() => other.close());
    await writer.write(insert('a'));
    assert.equal(count(other), 1);
  });

  test('says so when the database is full, and keeps what was acknowledged', async (context) => {
    const { database, writer } = open(context, { maxDatabaseBytes: 1_048_576 });
    const long = 'x'.repeat(50_000);
    let acknowledged = 0;
    const failure: unknown = await (async () => {
      for (; acknowledged < 100; acknowledged++) {
        await writer.write((within) =>
          within.run('INSERT INTO meta VALUES (?, ?)', `n${acknowledged}`, long),
        );
      }
    })().catch((error: unknown) => error);
    assert.match(String(failure), /full/);
    assert.ok(acknowledged > 5 && acknowledged < 100);
    assert.equal(count(database), acknowledged);
    await writer.write((within) => within.run("DELETE FROM meta WHERE name = 'n0'"));
    assert.equal(count(database), acknowledged - 1);
  });
});

describe('conversations', () => {
  const exchange = { conversation: 'c1', question: 'why?', answer: 'because', topic: 'rivers', atMs: 5 };

  test('keep messages and state together, and are there again after a restart', async (context) => {
    const { database, writer, path } = open(context);
    const conversations = createConversations(database, writer);
    assert.equal(conversations.state('c1'), null);
    await conversations.add(exchange);
    const state = await conversations.add({ ...exchange, topic: 'boats', atMs: 6 });
    assert.deepEqual(state, {
      id: 'c1',
      messages: 4,
      topic: 'boats',
      interests: [
        { topic: 'boats', count: 1 },
        { topic: 'rivers', count: 1 },
      ],
      updatedAtMs: 6,
    });
    const again = openAppDatabase(path, defaults);
    context.after(() => again.close());
    const reopened = createConversations(again, writer);
    assert.deepEqual(reopened.state('c1'), state);
    assert.deepEqual(
      reopened.messages('c1', 1, 2).map(({ number, role, text }) => [number, role, text]),
      [
        [2, 'assistant', 'because'],
        [3, 'user', 'why?'],
      ],
    );
  });

  test('lose no message however many are written at once, and number them in a row', async (context) => {
    const { database, writer } = open(context);
    const conversations = createConversations(database, writer);
    await Promise.all(Array.from({ length: 50 }, (_, atMs) => conversations.add({ ...exchange, atMs })));
    assert.equal(conversations.state('c1')?.messages, 100);
    assert.deepEqual(
      conversations.messages('c1', 0, 1_000).map(({ number }) => number),
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  test('remember eight interests, the present one always among them', async (context) => {
    const { database, writer } = open(context);
    const conversations = createConversations(database, writer);
    for (let index = 0; index < 20; index++) {
      const { interests } = await conversations.add({ ...exchange, topic: `t${index}` });
      assert.ok(interests.length <= 8 && interests.some(({ topic }) => topic === `t${index}`));
    }
  });
});

describe('records to sync', () => {
  const change = (id: string, json: string | null, baseVersion: number | null = null) => ({
    id,
    json,
    baseVersion,
  });

  test('are the seeded ones at first, and only those that changed later', async (context) => {
    const { database, writer } = open(context);
    seedRecords(database, corpus, 100);
    seedRecords(database, corpus, 100);
    const records = createSyncRecords(database, writer);
    assert.equal(records.version(), 100);
    assert.equal(records.changedSince(0, 1_000).length, 100);
    assert.deepEqual(records.changedSince(100, 10), []);
    await records.apply([change(seededRecordId(7), '{"a":1}'), change(seededRecordId(3), null)]);
    assert.deepEqual(records.changedSince(100, 10), [
      { id: 'record-00000007', version: 101, deleted: false, json: '{"a":1}' },
      { id: 'record-00000003', version: 102, deleted: true, json: 'null' },
    ]);
    assert.equal(records.changedSince(0, 1_000).length, 99);
  });

  test('keep the newer version when a client changed an older one', async (context) => {
    const { database, writer } = open(context);
    const records = createSyncRecords(database, writer);
    await records.apply([change('a', '1'), change('b', '1')]);
    await records.apply([change('a', '2')]);
    assert.deepEqual(await records.apply([change('a', '9', 1), change('b', '3', 2)]), {
      first: 4,
      last: 4,
      conflicts: ['a'],
    });
    assert.deepEqual(
      records.changedSince(2, 10).map(({ id, json }) => [id, json]),
      [
        ['a', '2'],
        ['b', '3'],
      ],
    );
  });

  test('bring any client, however it pages, to the state of the server', async (context) => {
    const { database, writer } = open(context);
    const records = createSyncRecords(database, writer);
    const step = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      value: fc.option(fc.integer(), { nil: null }),
      pulls: fc.integer({ min: 0, max: 3 }),
      limit: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const copy = new Map<string, string>();
        let seen = 0;
        const pull = (limit: number): number => {
          const rows = records.changedSince(seen, limit);
          for (const { id, json, deleted, version } of rows) {
            if (deleted) copy.delete(id);
            else copy.set(id, json);
            seen = version;
          }
          return rows.length;
        };
        for (const { id, value, pulls, limit } of steps) {
          await records.apply([change(id, value === null ? null : JSON.stringify(value))]);
          for (let index = 0; index < pulls; index++) pull(limit);
        }
        while (pull(3) > 0);
        const all = new Map(records.changedSince(0, 100).map(({ id, json }) => [id, json]));
        assert.deepEqual(copy, all);
      }),
      { numRuns: 100 },
    );
  });
});

describe('patterns', () => {
  async function openPatterns(context: TestContext, config: Partial<ServerConfig> = {}) {
    const store = await openSqliteStore({ path: join(folder(context), 'patterns.db') });
    await seedPatterns(store, corpus, 50);
    const clock = new VirtualClock();
    const patterns = createPatterns(store, { ...defaults, ...config }, { now: clock.nowMs, timers: clock });
    context.after(() => patterns.close());
    return { patterns, store, clock };
  }

  for (const cache of [true, false]) {
    test(`are read, written and queried ${cache ? 'with' : 'without'} a cache`, async (context) => {
      const { patterns } = await openPatterns(context, { cache });
      const json = await patterns.get(seededPatternId(3));
      const pattern = JSON.parse(json ?? '');
      assert.equal(pattern.id, 'pattern-00000003');
      assert.equal(typeof pattern.body.text, 'string');
      assert.equal(await patterns.get('nothing'), undefined);
      assert.equal((await patterns.getMany([seededPatternId(1), 'nothing', seededPatternId(2)])).length, 2);
      const body = Buffer.from('{"new":true}');
      await patterns.put([{ ...pattern, body, confidence: 0.5 }]);
      assert.deepEqual(JSON.parse((await patterns.get(pattern.id)) ?? '').body, { new: true });
      assert.equal((await patterns.query({ minConfidence: 0.5, limit: 5 })).length, 5);
      assert.equal(patterns.stats() === null, !cache);
    });
  }

  test('are fresh to the last millisecond of their time to live, and never older', async (context) => {
    const { patterns, store, clock } = await openPatterns(context, { defaultTtlMs: 1_000 });
    const id = seededPatternId(1);
    const first = await patterns.get(id);
    await store.update(id, { confidence: 0.123 });
    await clock.advance(999);
    assert.equal(await patterns.get(id), first);
    await clock.advance(1);
    assert.equal(JSON.parse((await patterns.get(id)) ?? '').confidence, 0.123);
  });
});
