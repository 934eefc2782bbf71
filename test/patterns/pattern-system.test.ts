import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { updateConfidence } from 'perfkit/batcher';
import { openSqliteStore } from 'perfkit/store';
import { openPatternSystem } from '../../scenarios/patterns/pattern-system.ts';
import { patternOf, plain } from '../components/store/patterns.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

describe('the pattern system', () => {
  test('P28: gives back what was stored, at once and after it was opened again', async (context) => {
    const folder = temporaryFolder(context);
    const system = await openPatternSystem({ folder });
    const patterns = Array.from({ length: 300 }, (_, index) => patternOf(`p${index}`, { usageCount: index }));
    await Promise.all(patterns.map((pattern) => system.storePattern(pattern)));
    assert.deepEqual(plain(system.getPattern('p7')), plain(patterns[7]));
    const ids = ['p3', 'none', 'p299'];
    const expected = [patterns[3], undefined, patterns[299]].map(plain);
    assert.deepEqual(system.getPatterns(ids).map(plain), expected);
    await system.shutdown();
    await system.shutdown();

    const again = await openPatternSystem({ folder });
    assert.deepEqual(again.getPatterns(ids).map(plain), expected);
    await again.shutdown();
  });

  test('an outcome changes what the system holds, not the object that the caller stored', async (context) => {
    const system = await openPatternSystem({ folder: temporaryFolder(context) });
    const stored = patternOf('p', { confidence: 0.5 });
    await system.storePattern(stored);
    assert.equal(await system.updateConfidence('p', true), true);
    assert.equal(stored.confidence, 0.5);
    assert.equal(system.getPattern('p')?.confidence, updateConfidence(0.5, true));
    await system.shutdown();
  });

  test('P28: after flush the database itself has every write, several of one pattern as one row', async (context) => {
    const folder = temporaryFolder(context);
    const system = await openPatternSystem({ folder, maxWaitMs: 60_000 });
    for (let round = 0; round < 5; round++) {
      for (let index = 0; index < 20; index++) {
        await system.storePattern(patternOf(`p${index}`, { usageCount: 10 * round + index }));
      }
    }
    assert.equal(system.getMetrics().writes.pending, 20);
    await system.flush();
    const { writes } = system.getMetrics();
    assert.deepEqual(writes, { records: 100, rows: 20, pending: 0 });
    const store = await openSqliteStore({ path: join(folder, 'patterns.db') });
    assert.equal(await store.count(), 20);
    assert.equal(store.getSync('p3')?.usageCount, 43);
    await store.close();
    await system.shutdown();
  });

  test('P17, P28: confidence follows the rule outcome by outcome, and survives', async (context) => {
    const folder = temporaryFolder(context);
    const system = await openPatternSystem({ folder });
    await system.storePattern(patternOf('p', { confidence: 0.4 }));
    let expected = 0.4;
    for (const outcome of [true, true, false, 0.25, true]) {
      assert.equal(await system.updateConfidence('p', outcome), true);
      expected = updateConfidence(expected, outcome);
      assert.equal(system.getPattern('p')?.confidence, expected);
    }
    assert.equal(await system.updateConfidence('none', true), false);
    await system.shutdown();
    const again = await openPatternSystem({ folder });
    assert.equal(again.getPattern('p')?.confidence, expected);
    await again.shutdown();
  });

  test('P24: with learning off outcomes change nothing', async (context) => {
    const system = await openPatternSystem({ folder: temporaryFolder(context), learning: false });
    await system.storePattern(patternOf('p', { confidence: 0.4 }));
    assert.equal(await system.updateConfidence('p', true), false);
    assert.equal(system.getPattern('p')?.confidence, 0.4);
    await system.shutdown();
  });

  test('P09: a pattern is found in the level below, promoted, and asked of the database once', async (context) => {
    const folder = temporaryFolder(context);
    const writer = await openPatternSystem({ folder });
    for (let index = 0; index < 40; index++) await writer.storePattern(patternOf(`p${index}`));
    await writer.shutdown();

    const system = await openPatternSystem({ folder, l1Entries: 4, l2Entries: 40 });
    const hitsOf = (name: string): number =>
      system.getMetrics().cache.levels.find((level) => level.name === name)?.hits ?? -1;
    const found = await Promise.all(Array.from({ length: 10 }, async () => system.getPattern('p0')));
    assert.equal(new Set(found.map((one) => one?.id)).size, 1);
    assert.equal(system.getMetrics().store.reads, 1);
    assert.equal(hitsOf('l1'), 9);
    for (let index = 1; index < 40; index++) system.getPattern(`p${index}`);
    // L1 has long forgotten some of these; L2 has not.
    const readsBefore = system.getMetrics().store.reads;
    for (let index = 1; index < 40; index++) system.getPattern(`p${index}`);
    assert.equal(system.getMetrics().store.reads, readsBefore);
    assert.ok(hitsOf('l2') > 30);
    await system.shutdown();
  });

  test('P10: warming fills the levels with the patterns used most', async (context) => {
    const folder = temporaryFolder(context);
    const writer = await openPatternSystem({ folder });
    for (let index = 0; index < 200; index++) {
      await writer.storePattern(patternOf(`p${index}`, { usageCount: 1_000 - index }));
    }
    await writer.shutdown();
    const system = await openPatternSystem({ folder, l3Entries: 50 });
    assert.equal(await system.warm(50), 50);
    for (let index = 0; index < 50; index++) system.getPattern(`p${index}`);
    assert.equal(system.getMetrics().cache.hitRatio, 1);
    system.getPattern('p50');
    assert.equal(system.getMetrics().cache.misses, 1);
    await system.shutdown();
  });

  test('flush waits for a pattern that is stored again just after it completed a batch', async (context) => {
    const folder = temporaryFolder(context);
    const system = await openPatternSystem({ folder, batchPatterns: 4 });
    for (let index = 0; index < 4; index++) await system.storePattern(patternOf(`p${index}`));
    await system.storePattern(patternOf('p3', { usageCount: 7 }));
    await system.flush();
    const store = await openSqliteStore({ path: join(folder, 'patterns.db') });
    assert.equal(store.getSync('p3')?.usageCount, 7);
    assert.equal(system.getMetrics().writes.pending, 0);
    await store.close();
    await system.shutdown();
  });

  test('P08: whatever happens no level exceeds its bound, and nothing stale is returned', async () => {
    const id = fc.integer({ min: 0, max: 30 }).map((index) => `p${index}`);
    const step = fc.oneof(
      fc.record({ op: fc.constant('get' as const), id }),
      fc.record({ op: fc.constant('store' as const), id, usageCount: fc.nat(1_000), bytes: fc.nat(3_000) }),
      fc.record({
        op: fc.constant('confidence' as const),
        id,
        outcome: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({ op: fc.constant('flush' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const folder = mkdtempSync(join(tmpdir(), 'perfkit-system-'));
        const bounds = { l1Entries: 3, l2Entries: 6, l3Entries: 10, batchPatterns: 4, maxPending: 8 };
        const system = await openPatternSystem({ folder, ...bounds });
        const model = new Map<string, ReturnType<typeof patternOf>>();
        try {
          for (const one of steps) {
            if (one.op === 'flush') await system.flush();
            if (one.op === 'get')
              assert.deepEqual(plain(system.getPattern(one.id)), plain(model.get(one.id)));
            if (one.op === 'store') {
              const body = new Uint8Array(one.bytes).fill(one.usageCount);
              const pattern = patternOf(one.id, { usageCount: one.usageCount, body });
              await system.storePattern(pattern);
              model.set(one.id, pattern);
            }
            if (one.op === 'confidence') {
              const before = model.get(one.id);
              assert.equal(await system.updateConfidence(one.id, one.outcome), before !== undefined);
              if (before !== undefined) {
                model.set(one.id, {
                  ...before,
                  confidence: updateConfidence(before.confidence, one.outcome),
                });
              }
            }
            const [l1, l2, l3] = system.getMetrics().cache.levels;
            assert.ok((l1?.entries ?? Infinity) <= bounds.l1Entries);
            assert.ok((l2?.entries ?? Infinity) <= bounds.l2Entries);
            assert.ok((l3?.entries ?? Infinity) <= bounds.l3Entries);
          }
          await system.flush();
          const store = await openSqliteStore({ path: join(folder, 'patterns.db') });
          for (const [key, pattern] of model) assert.deepEqual(plain(store.getSync(key)), plain(pattern));
          assert.equal(await store.count(), model.size);
          await store.close();
        } finally {
          await system.shutdown();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 25 },
    );
  });

  test('P28: the report says what the metrics say', async (context) => {
    const system = await openPatternSystem({ folder: temporaryFolder(context) });
    await system.storePattern(patternOf('p'));
    system.getPattern('p');
    system.getPattern('none');
    const [first] = system.getReport().split('\n');
    assert.equal(first, 'cache    2 look-ups, 50.0 % hits');
    await system.shutdown();
  });

  test('what is no pattern is refused before it is acknowledged', async (context) => {
    const system = await openPatternSystem({ folder: temporaryFolder(context) });
    await assert.rejects(
      system.storePattern(patternOf('')),
      /Expected `pattern.id` to be 1 to 512 characters/,
    );
    await assert.rejects(system.storePattern(patternOf('p', { confidence: 2 })), /between 0 and 1/);
    // What the writer would refuse would hold up every batch after it.
    await assert.rejects(
      system.storePattern(patternOf('p', { createdAtMs: NaN })),
      /pattern.createdAtMs` to be a finite number/,
    );
    await assert.rejects(
      system.storePattern(patternOf('p', { lastUsedAtMs: Infinity })),
      /pattern.lastUsedAtMs` to be a finite number, or null/,
    );
    await assert.rejects(system.storePattern(patternOf('\ud800')), /well-formed/);
    await assert.rejects(system.storePattern(patternOf('p', { usageCount: 1.5 })), /whole number/);
    assert.equal(system.getMetrics().writes.records, 0);
    await system.shutdown();
  });
});
