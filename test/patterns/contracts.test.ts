import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createBatcher, priorities } from '../../src/components/batcher/index.ts';
import { createMemoryLevel, createMultiLevelCache } from '../../src/components/cache/index.ts';
import {
  createSimpleAverage,
  createTokenBucket,
  formatBytes,
  formatPercentage,
  percentile,
  standardDeviation,
  startStopwatch,
} from '../../src/components/limiter/index.ts';
import { openSqliteStore } from '../../src/components/store/index.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { patternOf } from '../components/store/patterns.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

// One proof of each documented claim that is a contract, not a figure, against the component that makes it. The suites of
// the components go further; P08, P09 and P28 of the whole system are in the files beside this one.

describe('P08', () => {
  test('a cache with the documented limits has at most 1,000 entries and 10 MiB above, 10,000 below', async () => {
    const l2 = createMemoryLevel<string>({ max: 10_000, maxSize: 100 * 1024 ** 2 });
    const cache = createMultiLevelCache<string>({
      l1: { max: 1_000, maxSize: 10 * 1024 ** 2, sizeOf: (value) => value.length },
      levels: [l2],
    });
    for (let index = 0; index < 12_000; index++) await cache.set(`key-${index}`, 'v'.repeat(2_000));
    const { entries, bytes } = l2.stats();
    assert.equal(entries, 10_000);
    assert.ok(bytes <= 100 * 1024 ** 2);
    const inFirst = cache.stats().levels.find(({ name }) => name === 'l1');
    assert.equal(inFirst?.hits, 0);
    let found = 0;
    for (let index = 0; index < 12_000; index++) if (cache.get(`key-${index}`) !== undefined) found++;
    const [l1, below] = cache.stats().levels;
    assert.equal(found, (l1?.hits ?? 0) + (below?.hits ?? 0));
    assert.ok((l1?.hits ?? Infinity) <= 1_000);
    await cache.close();
  });

  test('an entry past its time to live is not returned, by any level', async () => {
    const clock = new VirtualClock();
    const l2 = createMemoryLevel<string>({ ttl: 1_000, now: clock.nowMs });
    const cache = createMultiLevelCache<string>({ levels: [l2], ttl: 1_000, now: clock.nowMs });
    await cache.set('key', 'value');
    await clock.advance(999);
    assert.equal(cache.get('key'), 'value');
    await clock.advance(1);
    assert.equal(cache.get('key'), undefined);
    assert.equal(l2.get('key'), undefined);
    await cache.close();
  });
});

test('P09: concurrent callers of a key that no level has share one load', async () => {
  const cache = createMultiLevelCache<string>({ levels: [createMemoryLevel<string>()] });
  const { promise, resolve } = Promise.withResolvers<string>();
  let loads = 0;
  const load = (): Promise<string> => {
    loads++;
    return promise;
  };
  const callers = Array.from({ length: 50 }, async () => cache.getOrSet('key', load));
  resolve('value');
  assert.deepEqual(new Set(await Promise.all(callers)), new Set(['value']));
  assert.equal(loads, 1);
  await cache.close();
});

describe('P15', () => {
  test('the documented settings are what SQLite reports', async (context) => {
    const store = await openSqliteStore({ path: join(temporaryFolder(context), 'patterns.db') });
    const { mmap_size, cache_size, temp_store, synchronous, auto_vacuum, journal_mode } = store.pragmas();
    assert.deepEqual(
      { mmap_size, cache_size, temp_store, synchronous, auto_vacuum, journal_mode },
      {
        mmap_size: 256 * 1024 ** 2,
        // In KiB where it is negative.
        cache_size: -64 * 1024,
        temp_store: 2,
        synchronous: 1,
        auto_vacuum: 2,
        journal_mode: 'wal',
      },
    );
    await store.close();
  });

  test('a slow query is reported with its SQL and its plan', async (context) => {
    let nowMs = 0;
    const path = join(temporaryFolder(context), 'patterns.db');
    const store = await openSqliteStore({ path, slowQueryMs: 10, now: () => (nowMs += 11) });
    await store.put(patternOf('p'));
    await store.query({ type: 'routine', minConfidence: 0.1 });
    const slow = store.slowQueries().find(({ sql }) => sql.includes('ORDER BY usage_count'));
    assert.match(slow?.sql ?? '', /WHERE type = \?/);
    assert.match(slow?.plan.join() ?? '', /USING INDEX patterns_type_usage/);
    await store.close();
  });
});

describe('P18', () => {
  test('the most important first, a full batch at once, the rest after the interval, a failed item again', async () => {
    const clock = new VirtualClock();
    const batches: string[][] = [];
    const failOnce = new Set(['low 0']);
    const batcher = createBatcher<string, string>({
      maxBatchSize: 4,
      maxWaitMs: 50,
      retries: 2,
      backoff: { initialMs: 10, jitter: 0 },
      timers: clock,
      now: clock.nowMs,
      handler: (items) => {
        batches.push([...items]);
        return items.map((item) => (failOnce.delete(item) ? new Error('part-way') : item));
      },
    });
    const results = [...priorities]
      .toReversed()
      .map((priority) => batcher.add(`${priority} 0`, { priority }));
    results.push(batcher.add('late'));
    assert.deepEqual(batches[0]?.toSorted(), ['critical 0', 'high 0', 'low 0', 'medium 0']);
    assert.equal(batches[0]?.[0], 'critical 0');
    await clock.advance(200);
    assert.deepEqual(await Promise.all(results), ['low 0', 'medium 0', 'high 0', 'critical 0', 'late']);
    assert.deepEqual(batches.slice(1).flat().toSorted(), ['late', 'low 0']);
    await batcher.close();
  });

  test('nothing is lost or doubled when the sink fails part-way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 80 }), async (failures) => {
        const clock = new VirtualClock();
        const taken: number[] = [];
        const fails = new Set(failures.flatMap((fail, index) => (fail ? [index] : [])));
        const batcher = createBatcher<number, number>({
          maxBatchSize: 7,
          maxWaitMs: 5,
          retries: 1,
          timers: clock,
          now: clock.nowMs,
          random: () => 0.5,
          handler: (items) =>
            items.map((item) => {
              if (fails.delete(item)) return new Error('part-way');
              taken.push(item);
              return item;
            }),
        });
        const added = batcher.addMany(failures.keys());
        await clock.advance(60_000);
        assert.deepEqual(await added, [...failures.keys()]);
        assert.deepEqual(
          taken.toSorted((a, b) => a - b),
          [...failures.keys()],
        );
        await batcher.close();
      }),
      { numRuns: 100 },
    );
  });
});

describe('P29', () => {
  test('a rate limiter lets no more through than its burst and its rate allow', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 400 }), { maxLength: 100 }), (pausesMs) => {
        let nowMs = 0;
        const limiter = createTokenBucket({ capacity: 5, refillPerSecond: 10, now: () => nowMs });
        let allowed = 0;
        for (const pauseMs of pausesMs) {
          nowMs += pauseMs;
          if (limiter.consume('caller').allowed) allowed++;
          assert.ok(allowed <= 5 + (10 * nowMs) / 1_000 + 1e-9);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('averages, deviations and percentiles are those of the definitions', () => {
    const average = createSimpleAverage(3);
    for (const value of [100, 1, 2, 3]) average.add(value);
    assert.equal(average.value, 2);
    assert.equal(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), Math.sqrt(32 / 7));
    assert.equal(percentile([4, 1, 3, 2], 50), 2.5);
    assert.equal(percentile([4, 1, 3, 2], 100), 4);
  });

  test('a timer measures on the clock that it is given, and sizes and shares are written for people', () => {
    let nowMs = 0;
    const stopwatch = startStopwatch(() => nowMs);
    nowMs = 12;
    assert.equal(stopwatch.elapsedMs, 12);
    assert.equal(formatBytes(1_536), '1.5 KiB');
    assert.equal(formatPercentage(0.852), '85.2%');
  });
});
