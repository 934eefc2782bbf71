import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createDocuments } from '../../src/bench/drivers/documents.ts';
import { runRound } from '../../src/bench/rounds/round.ts';
import { createKeySampler } from '../../src/measure/key-sampler.ts';
import { createRandom } from '../../src/measure/random.ts';
import type { BenchRun, SubjectPlan, Workload } from '../../src/model/plan.ts';
import { driver, planFor } from './plan-for.ts';

interface Setting {
  readonly workload?: Partial<Workload>;
  readonly run?: Partial<BenchRun>;
  readonly concurrency?: number;
}

async function measure(
  subject: SubjectPlan,
  { workload = {}, run = {}, concurrency = 1 }: Setting = {},
): Promise<Map<string, number>> {
  const plan = planFor([subject], { workload, run });
  const hooks = { signal: new AbortController().signal, onMeasuring: () => undefined };
  const result = await runRound(plan, { subject, concurrency, round: 1 }, hooks);
  assert.ok(result);
  assert.deepEqual(result.errors, []);
  return new Map([
    ...result.gauges.map(({ metric, value }) => [metric, value] as const),
    ...result.counters.map(({ metric, count }) => [metric, count] as const),
  ]);
}

/** Share of hits of an LRU cache, simulated with nothing but a Map. */
function simulateLru(max: number, keys: number, lookups: number): number {
  const next = createKeySampler({ kind: 'zipf', exponent: 0.99 }, keys, createRandom(99));
  const held = new Map<number, true>();
  let hits = 0;
  for (let index = 0; index < lookups * 2; index++) {
    const key = next();
    if (held.delete(key)) hits += index >= lookups ? 1 : 0;
    held.set(key, true);
    if (held.size > max) held.delete(held.keys().next().value ?? -1);
  }
  return hits / lookups;
}

test('the cache driver reports the hit ratio that an LRU cache has on the same distribution', async () => {
  const workload = { keys: 5_000, distribution: { kind: 'zipf', exponent: 0.99 } } as const;
  const metrics = await measure(driver('cache', { max: 500 }), {
    workload,
    run: { warmupNs: 20e6, forNs: 60e6 },
  });
  const simulated = simulateLru(500, 5_000, 200_000);
  assert.ok(
    Math.abs((metrics.get('hit_ratio') ?? 0) - simulated) < 0.015,
    `${metrics.get('hit_ratio')} against ${simulated}`,
  );
  assert.equal(metrics.get('cache_entries'), 500);
  assert.ok((metrics.get('evictions') ?? 0) > 0);
});

test('a cache that holds every key hits always, and a bound in bytes holds', async () => {
  const all = await measure(driver('cache', { max: 100 }), { workload: { mix: { get: 1 } } });
  assert.equal(all.get('hit_ratio'), 1);
  const bounded = await measure(driver('cache', { maxSize: '2kB' }), {
    workload: { valueBytes: 100, mix: { get: 0.5, set: 0.5 } },
  });
  const bytes = bounded.get('cache_bytes') ?? 0;
  assert.ok(bytes > 1_800 && bytes <= 2_000, `${bytes}`);
  const writes = await measure(driver('cache'), { workload: { mix: { set: 1 } } });
  assert.equal(writes.get('hit_ratio'), undefined, 'no look-ups, no ratio');
});

test('the compressor driver reports what is saved, the same every time, and more at a higher level', async () => {
  const workload = { valueBytes: 4_096, mix: { compress: 0.5, decompress: 0.5 } };
  const [fast, good, again] = [1, 6, 6].map((level) =>
    measure(driver('compressor', { level, documents: 16 }), { workload }),
  );
  assert.equal((await good)?.get('saved'), (await again)?.get('saved'));
  assert.ok(((await good)?.get('saved') ?? 0) > ((await fast)?.get('saved') ?? 1));
  assert.ok(((await good)?.get('bytes_in') ?? 0) > 0);
});

test('the compressor driver also works asynchronously', async () => {
  const metrics = await measure(driver('compressor', { sync: 'no', documents: 4 }), {
    workload: { valueBytes: 1_024 },
    concurrency: 4,
  });
  assert.ok((metrics.get('throughput') ?? 0) > 0);
});

test('documents have exactly the bytes asked for, are valid JSON lines but for the last, and come from the seed', () => {
  for (const bytes of [1, 100, 1_000, 20_000]) {
    const documents = createDocuments(5, bytes, createRandom(4));
    for (const document of documents) assert.equal(document.length, bytes);
    assert.deepEqual(documents, createDocuments(5, bytes, createRandom(4)));
    if (bytes > 1) assert.notDeepEqual(documents[0], documents[1]);
    const lines = Buffer.from(documents[0] ?? [])
      .toString('utf8')
      .split('\n');
    for (const line of lines.slice(0, -1)) assert.ok(typeof JSON.parse(line) === 'object');
  }
});

test('the batcher driver fills batches when enough adders wait', async () => {
  const metrics = await measure(driver('batcher', { maxBatchSize: 8, maxWait: '50ms' }), {
    concurrency: 32,
    run: { forNs: 30e6 },
  });
  // The last batch may be a part of one.
  assert.ok((metrics.get('batch_items') ?? 0) > 7.9 && (metrics.get('batch_items') ?? 9) <= 8);
  assert.ok((metrics.get('flushes') ?? 0) > 0);
  const direct = await measure(driver('batcher'), { workload: { mix: { direct: 1 } } });
  assert.deepEqual([direct.get('flushes'), direct.get('batch_items')], [0, undefined]);
});

test('the pool driver creates no more resources than allowed and keeps them lent out when borrowers queue', async () => {
  // Hashing a buffer keeps the one thread busy, so that a single borrower at a time makes progress.
  for (const [resource, least] of [
    ['file', 0.5],
    ['buffer', 0.2],
  ] as const) {
    const metrics = await measure(driver('pool', { max: 2, resource }), {
      concurrency: 8,
      workload: { valueBytes: 512 },
      run: { forNs: 30e6 },
    });
    assert.equal(metrics.get('pool_created'), 2);
    const utilization = metrics.get('pool_utilization') ?? 0;
    assert.ok(utilization > least && utilization <= 1.05, `${resource} ${utilization}`);
  }
});
