import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { Pattern } from '../../src/components/store/index.ts';
import { PatternLevels } from '../../scenarios/patterns/pattern-levels.ts';
import { QueryCache } from '../../scenarios/patterns/query-cache.ts';
import { systemSettings } from '../../scenarios/patterns/system-settings.ts';
import { patternOf, plain } from '../components/store/patterns.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test('P08: no level is larger than its bound, and what any of them gives is the latest state', () => {
  const id = fc.integer({ min: 0, max: 60 }).map((index) => `p${index}`);
  const step = fc.record({
    op: fc.constantFrom('get', 'get', 'change', 'learn', 'learn', 'wait'),
    id,
    // Some are compressed, some not worth it, some too long for the first slots.
    bytes: fc.constantFrom(0, 10, 600, 2_000),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), (steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'perfkit-levels-'));
      const bounds = { l1Entries: 3, l2Entries: 8, l3Entries: 20 };
      const settings = systemSettings({ folder, ...bounds, l2TtlMs: 100, compressFromBytes: 500 });
      let nowMs = 0;
      const levels = new PatternLevels(settings, () => nowMs);
      const latest = new Map<string, Pattern>();
      try {
        for (const [index, { op, id: key, bytes }] of steps.entries()) {
          const before = latest.get(key);
          const pattern = patternOf(key, { usageCount: index, body: new Uint8Array(bytes).fill(index % 7) });
          if (op === 'wait') nowMs += 10;
          else if (op === 'get') {
            const found = levels.get(key);
            if (found === undefined && before !== undefined) levels.load(key, { ...before });
            else assert.deepEqual(plain(found), plain(before));
          } else if (op === 'change') {
            levels.change(key, { ...pattern });
            latest.set(key, pattern);
          } else {
            const found = levels.find(key);
            if (before === undefined) assert.equal(found.level, 'none');
            else {
              const confidence = (index % 100) / 100;
              if (found.level !== 'none') assert.equal(found.confidence, before.confidence);
              levels.learn(key, found, confidence);
              latest.set(key, { ...before, confidence });
            }
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

test('what a pattern has learned is given by L3 without its slot being written again', (context) => {
  const cache = new QueryCache(temporaryFolder(context), 10);
  assert.equal(cache.learn('p', 0.5), false);
  const pattern = patternOf('p', { confidence: 0.5 });
  cache.offer('p', pattern);
  assert.equal(cache.learn('p', 0.6), true);
  assert.deepEqual([cache.confidence('p'), cache.get('p')?.confidence], [0.6, 0.6]);
  assert.equal(pattern.confidence, 0.5);
  cache.write();
  assert.deepEqual(plain(cache.get('p')), plain({ ...pattern, confidence: 0.6 }));
  cache.learn('p', 0.7);
  assert.deepEqual(plain(cache.get('p')), plain({ ...pattern, confidence: 0.7 }));
  // Also from a level above that lets go of it.
  cache.offer('p', { ...pattern, confidence: 0.8 });
  assert.equal(cache.confidence('p'), 0.8);
  cache.outdate('p');
  assert.equal(cache.learn('p', 0.9), false);
  assert.equal(cache.confidence('p'), undefined);
  cache.close();
});

for (const bytes of [10, 2_000]) {
  test(`what a pattern of ${bytes} bytes has learned in L1 goes with it into L2, which has its copy`, (context) => {
    const { levels, others } = filledLevels(context, bytes, () => 0);
    askUntil(levels, others.slice(0, 3), 'l2');
    askUntil(levels, ['p'], 'l1');
    learn(levels, 0.9);
    askUntil(levels, others.slice(0, 3), 'l2');
    assert.equal(levels.find('p').confidence, 0.9);
    assert.equal(levels.get('p')?.confidence, 0.9);
    levels.close();
  });

  test(`what a pattern of ${bytes} bytes has learned in L2 goes with it into L3, also when its time is over`, (context) => {
    let nowMs = 0;
    const { levels, others } = filledLevels(context, bytes, () => nowMs);
    askUntil(levels, others, 'l3');
    // L2 has room again.
    nowMs += 2_000;
    for (const id of others) levels.find(id);
    askUntil(levels, ['p'], 'l1');
    askUntil(levels, others.slice(0, 3), 'l2');
    learn(levels, 0.9);
    nowMs += 2_000;
    const { level, confidence } = levels.find('p');
    assert.deepEqual([level, confidence], ['l3', 0.9]);
    assert.equal(levels.get('p')?.confidence, 0.9);
    levels.close();
  });
}

test('what comes once does not enter a full L3', (context) => {
  const cache = new QueryCache(temporaryFolder(context), 3);
  for (const id of ['a', 'b', 'c', 'd']) cache.offer(id, patternOf(id));
  assert.equal(cache.knows('d'), false);
  cache.offer('d', patternOf('d'));
  assert.equal(cache.knows('d'), true);
  assert.equal(cache.stats().entries, 3);
  cache.close();
});

/** Two patterns in L1, four in L2; `p`, whose confidence is 0.5, has been in L1 first. */
function filledLevels(context: TestContext, bytes: number, now: () => number) {
  const folder = temporaryFolder(context);
  const bounds = { l1Entries: 2, l2Entries: 4, l3Entries: 50, l2TtlMs: 1_000 };
  const levels = new PatternLevels(systemSettings({ folder, ...bounds }), now);
  const body = new Uint8Array(bytes);
  levels.load('p', patternOf('p', { confidence: 0.5, body }));
  const others = Array.from({ length: 8 }, (_, index) => patternOf(`other${index}`, { body }));
  return { levels, others: others.map(({ id }) => id) };
}

/** Ask for these, which come from the database where no level has them, until `p` is in the level. */
function askUntil(levels: PatternLevels, ids: readonly string[], level: string): void {
  for (let round = 0; round < 200; round++) {
    for (const id of ids) {
      if (levels.get(id) === undefined) levels.load(id, patternOf(id));
    }
    // A look-up is a sign that it is asked for: not too many.
    if (round % 20 === 19 && levels.find('p').level === level) return;
  }
  assert.fail(`p never was in ${level}`);
}

function learn(levels: PatternLevels, confidence: number): void {
  levels.learn('p', levels.find('p'), confidence);
}
