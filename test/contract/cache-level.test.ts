import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateSync, inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import {
  createMemoryLevel,
  createPostgresLevel,
  createRedisLevel,
  createSqliteLevel,
  structuredSerializer,
} from '../../src/components/cache/index.ts';
import type { Level, LevelEntry } from '../../src/components/cache/index.ts';
import { noPostgres, noRedis, startPostgres, startRedis } from '../helpers/database-servers.ts';
import type { DatabaseServer } from '../helpers/database-servers.ts';

// What every level of a multi-level cache owes, the real servers included.

interface Kind {
  readonly skip: string | false;
  readonly runs: number;
  readonly start: () => Promise<DatabaseServer | null>;
  readonly create: (url: string) => Level<unknown> | Promise<Level<unknown>>;
}

const serializer = structuredSerializer<unknown>();
const kinds: Readonly<Record<string, Kind>> = {
  memory: {
    skip: false,
    runs: 200,
    start: () => Promise.resolve(null),
    create: () =>
      createMemoryLevel({
        serializer,
        codec: { compressSync: (data) => deflateSync(data), decompressSync: (data) => inflateSync(data) },
        threshold: 16,
      }),
  },
  sqlite: {
    skip: false,
    runs: 100,
    start: () => Promise.resolve(null),
    create: () => createSqliteLevel({ serializer }),
  },
  redis: {
    skip: noRedis ?? false,
    runs: 50,
    start: startRedis,
    create: (connection) => createRedisLevel({ connection, serializer, timeoutMs: 60_000 }),
  },
  postgres: {
    skip: noPostgres ?? false,
    runs: 50,
    start: startPostgres,
    create: (connection) => createPostgresLevel({ connection, serializer, timeoutMs: 60_000 }),
  },
};

const key = fc.constantFrom(
  'a',
  'a:1',
  'a:2',
  'A:1',
  'b%',
  'b_c',
  'b*',
  'b[1]',
  "c'",
  'ключ',
  '',
  '__proto__',
);
const value = fc.oneof(
  fc.constantFrom(undefined, null, 0, -0, '', false, Number.NaN),
  fc.string(),
  fc.array(fc.integer(), { maxLength: 40 }),
);
const tag = fc.constantFrom('red', 'blue', "o'clock", 'две', '', '__proto__', 'a b');
const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        op: fc.constant('setTagged' as const),
        key,
        value,
        tags: fc.uniqueArray(tag, { maxLength: 3 }),
        ttlMs: fc.constantFrom(0, 60_000),
      }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('invalidateTag' as const), tag }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('set' as const), key, value }) },
    {
      weight: 1,
      arbitrary: fc.record({ op: fc.constant('setMany' as const), entries: fc.array(fc.tuple(key, value)) }),
    },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('get' as const), key }) },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constantFrom('getMany' as const, 'deleteMany' as const),
        keys: fc.array(key),
      }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('deletePrefix' as const), key }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('clear' as const) }) },
  ),
  { maxLength: 30, size: 'max' },
);

for (const [name, kind] of Object.entries(kinds)) {
  describe(`cache level ${name}`, { skip: kind.skip }, () => {
    let server: DatabaseServer | null = null;
    let level: Level<unknown>;

    before(async () => {
      server = await kind.start();
      level = await kind.create(server?.url ?? '');
    });

    after(async () => {
      await level.close();
      await server?.stop();
    });

    test('has what was set last, whatever the key or value, and nothing that was deleted', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          await level.clear();
          const model = new Map<string, unknown>();
          const tagsOf = new Map<string, readonly string[]>();
          for (const step of sequence) {
            if (step.op === 'setTagged') {
              const { value: held, tags, ttlMs } = step;
              await level.set(step.key, { value: held, ttlMs, tags });
              model.set(step.key, held);
              tagsOf.set(step.key, tags);
            } else if (step.op === 'invalidateTag') {
              await level.invalidateTag?.(step.tag);
              for (const one of model.keys())
                if (tagsOf.get(one)?.includes(step.tag) === true) model.delete(one);
            } else if (step.op === 'set') {
              tagsOf.delete(step.key);
              await level.set(step.key, { value: step.value, ttlMs: 0 });
              model.set(step.key, step.value);
            } else if (step.op === 'setMany') {
              const entries = new Map<string, LevelEntry<unknown>>(
                step.entries.map(([one, held]) => [one, { value: held, ttlMs: 60_000 }]),
              );
              await level.setMany(entries);
              for (const [one, held] of step.entries) {
                model.set(one, held);
                tagsOf.delete(one);
              }
            } else if (step.op === 'get') {
              const entry = await level.get(step.key);
              assert.equal(entry !== undefined, model.has(step.key), step.key);
              assert.deepEqual(entry?.value, model.get(step.key));
              if (entry !== undefined)
                assert.deepEqual(entry.tags?.toSorted() ?? [], tagsOf.get(step.key)?.toSorted() ?? []);
            } else if (step.op === 'getMany') {
              const found = await level.getMany(step.keys);
              const wanted = step.keys.filter((one) => model.has(one));
              assert.deepEqual([...found.keys()].toSorted(), [...new Set(wanted)].toSorted());
              for (const [one, entry] of found) assert.deepEqual(entry.value, model.get(one));
            } else if (step.op === 'deleteMany') {
              await level.deleteMany(step.keys);
              for (const one of step.keys) model.delete(one);
            } else if (step.op === 'deletePrefix') {
              await level.deletePrefix(step.key);
              for (const one of model.keys()) if (one.startsWith(step.key)) model.delete(one);
            } else {
              await level.clear();
              model.clear();
            }
          }
        }),
        { numRuns: kind.runs },
      );
    });

    test('tells how long an entry has left, and forgets it then', async () => {
      await level.set('for ever', { value: 1, ttlMs: 0 });
      await level.set('long', { value: 2, ttlMs: 60_000 });
      await level.set('short', { value: 3, ttlMs: 20 });
      assert.equal((await level.get('for ever'))?.ttlMs, 0);
      const left = (await level.get('long'))?.ttlMs ?? 0;
      assert.ok(left > 0 && left <= 60_000, `${left}`);
      // The clocks of real servers cannot be set, so this one test waits for them.
      await delay(40);
      assert.equal(await level.get('short'), undefined);
      assert.deepEqual([...(await level.getMany(['for ever', 'long', 'short'])).keys()].toSorted(), [
        'for ever',
        'long',
      ]);
    });

    test('a tag outlives the first of its entries to expire', async () => {
      await level.set('stays', { value: 1, ttlMs: 0, tags: ['shared'] });
      await level.set('goes', { value: 2, ttlMs: 10, tags: ['shared'] });
      await delay(25);
      assert.equal(await level.get('goes'), undefined);
      assert.deepEqual(await level.get('stays'), { value: 1, ttlMs: 0, tags: ['shared'] });
      await level.invalidateTag?.('shared');
      assert.equal(await level.get('stays'), undefined);
    });

    test('an entry set again has its new time to live', async () => {
      await level.set('again', { value: 1, ttlMs: 10 });
      await level.set('again', { value: 2, ttlMs: 0 });
      await delay(25);
      assert.deepEqual(await level.get('again'), { value: 2, ttlMs: 0 });
    });
  });
}
