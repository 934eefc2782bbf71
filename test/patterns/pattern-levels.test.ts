import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Pattern } from '../../src/components/store/index.ts';
import { PatternLevels } from '../../scenarios/patterns/pattern-levels.ts';
import { QueryCache } from '../../scenarios/patterns/query-cache.ts';
import { systemSettings } from '../../scenarios/patterns/system-settings.ts';
import { patternOf, plain, temporaryFolder } from '../components/store/patterns.ts';

test('P08: no level is larger than its bound, and what any of them gives is the latest state', () => {
  const id = fc.integer({ min: 0, max: 60 }).map((index) => `p${index}`);
  const step = fc.record({
    op: fc.constantFrom('get' as const, 'get' as const, 'change' as const, 'learn' as const),
    id,
    // Some are compressed, some not worth it, some too long for the first slots.
    bytes: fc.constantFrom(0, 10, 600, 2_000),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), (steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'perfkit-levels-'));
      const bounds = { l1Entries: 3, l2Entries: 8, l3Entries: 20 };
      const levels = new PatternLevels({ ...systemSettings({ folder, ...bounds }), compressFromBytes: 500 });
      const latest = new Map<string, Pattern>();
      try {
        for (const [index, { op, id: key, bytes }] of steps.entries()) {
          const before = latest.get(key);
          const pattern = patternOf(key, { usageCount: index, body: new Uint8Array(bytes).fill(index % 7) });
          if (op === 'get') {
            const found = levels.get(key);
            if (found === undefined && before !== undefined) levels.load(key, before);
            else assert.deepEqual(plain(found), plain(before));
          } else if (op === 'change') {
            levels.change(key, pattern);
            latest.set(key, pattern);
          } else {
            const found = levels.getInPlace(key);
            if (found === undefined) continue;
            assert.deepEqual(plain(found), plain(before));
            const learnt = { ...found, confidence: (index % 100) / 100 };
            levels.changeInPlace(key, learnt);
            latest.set(key, learnt);
          }
          const [l1, l2, l3] = levels.stats().levels;
          assert.ok((l1?.entries ?? 99) <= 3 && (l2?.entries ?? 99) <= 8 && (l3?.entries ?? 99) <= 20);
        }
      } finally {
        levels.close();
        assert.deepEqual(readdirSync(folder), []);
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 100 },
  );
});

test('P09: what L1 lets go of is found in L2, and what L2 lets go of in L3', (context) => {
  const folder = temporaryFolder(context);
  const levels = new PatternLevels(systemSettings({ folder, l1Entries: 2, l2Entries: 4, l3Entries: 50 }));
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 20; index++) levels.load(`p${index}`, patternOf(`p${index}`));
  }
  for (let index = 0; index < 20; index++) assert.ok(levels.get(`p${index}`) !== undefined, `p${index}`);
  const { hits, levels: each } = levels.stats();
  assert.equal(hits, 20);
  assert.ok(each.every((level) => level.hits > 0));
  levels.close();
});

test('a pattern that fits no slot is not kept in L3', (context) => {
  const cache = new QueryCache(temporaryFolder(context), 10);
  cache.offer('short', patternOf('short'));
  cache.offer('long', patternOf('long', { body: new Uint8Array(100_000) }));
  assert.deepEqual([cache.has('short'), cache.has('long')], [true, false]);
  cache.close();
});

test('an outdated pattern is not given, and its place takes the new state, also one of another size', (context) => {
  const cache = new QueryCache(temporaryFolder(context), 10);
  cache.offer('p', patternOf('p'));
  cache.write();
  for (const bytes of [10, 3_000, 20]) {
    cache.outdate('p');
    assert.equal(cache.get('p'), undefined);
    assert.deepEqual([cache.has('p'), cache.knows('p')], [false, true]);
    const pattern = patternOf('p', { body: new Uint8Array(bytes).fill(bytes) });
    cache.offer('p', pattern);
    assert.deepEqual(plain(cache.get('p')), plain(pattern));
    cache.write();
    assert.deepEqual(plain(cache.get('p')), plain(pattern));
  }
  assert.equal(cache.stats().entries, 1);
  cache.close();
});

test('what comes once does not enter a full L3', (context) => {
  const cache = new QueryCache(temporaryFolder(context), 3);
  for (const id of ['a', 'b', 'c', 'd']) cache.offer(id, patternOf(id));
  assert.equal(cache.knows('d'), false);
  cache.offer('d', patternOf('d'));
  assert.equal(cache.knows('d'), true);
  assert.equal(cache.stats().entries, 3);
  cache.close();
});
