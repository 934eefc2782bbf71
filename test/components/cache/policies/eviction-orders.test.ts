import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createCache } from '../../../../src/components/cache/index.ts';
import type { Cache, CachePolicy } from '../../../../src/components/cache/index.ts';
import { createRandom } from '../../../../src/measure/random.ts';

// Each policy against its definition in plain arrays: what it evicts, and when.

interface Model {
  get(key: number): boolean;
  set(key: number): void;
  readonly evicted: number[];
}

/** SIEVE: newest first; the hand is a key and stays where it stopped. */
function sieveModel(max: number): Model {
  const queue: { key: number; visited: boolean }[] = [];
  const evicted: number[] = [];
  let hand: number | null = null;
  const find = (key: number): { key: number; visited: boolean } | undefined =>
    queue.find((one) => one.key === key);
  return {
    evicted,
    get: (key) => {
      const found = find(key);
      if (found !== undefined) found.visited = true;
      return found !== undefined;
    },
    set: (key) => {
      const found = find(key);
      if (found !== undefined) {
        found.visited = true;
        return;
      }
      if (queue.length >= max) {
        let at = hand === null ? queue.length - 1 : queue.findIndex((one) => one.key === hand);
        for (let entry = queue[at]; entry?.visited === true; entry = queue[at]) {
          entry.visited = false;
          at = at === 0 ? queue.length - 1 : at - 1;
        }
        evicted.push(queue[at]?.key ?? NaN);
        hand = queue[at - 1]?.key ?? null;
        queue.splice(at, 1);
      }
      queue.unshift({ key, visited: false });
    },
  };
}

/** LFU with halving after 10 uses an entry: fewest uses first, then the one that has had its count longest. */
function lfuModel(max: number): Model {
  let entries: { key: number; uses: number }[] = [];
  const evicted: number[] = [];
  let total = 0;
  const used = (): void => {
    if (++total < 10 * entries.length) return;
    total = 0;
    // Stable: of those that now have one count, the ones that had more are the newer part.
    entries = entries
      .map((entry, order) => ({ ...entry, order }))
      .toSorted((a, b) => a.uses - b.uses || a.order - b.order)
      .map(({ key, uses }) => ({ key, uses: Math.max(1, uses >> 1) }));
  };
  const use = (key: number, add: boolean): boolean => {
    const at = entries.findIndex((entry) => entry.key === key);
    const found = entries[at];
    if (found === undefined && !add) return false;
    if (found === undefined) entries.push({ key, uses: 1 });
    else {
      entries.splice(at, 1);
      entries.push({ key, uses: Math.min(255, found.uses + 1) });
    }
    used();
    return true;
  };
  return {
    evicted,
    get: (key) => use(key, false),
    set: (key) => {
      if (entries.length >= max && !entries.some((entry) => entry.key === key)) {
        const least = Math.min(...entries.map(({ uses }) => uses));
        const at = entries.findIndex(({ uses }) => uses === least);
        evicted.push(entries[at]?.key ?? NaN);
        entries.splice(at, 1);
      }
      use(key, true);
    },
  };
}

function recording(policy: CachePolicy, max: number): { cache: Cache<number, number>; evicted: number[] } {
  const evicted: number[] = [];
  const cache = createCache<number, number>({
    policy,
    max,
    onEvict: (_, key, reason) => {
      if (reason === 'evict') evicted.push(key);
    },
  });
  return { cache, evicted };
}

const steps = fc.array(
  fc.record({ op: fc.constantFrom('get' as const, 'set' as const), key: fc.integer({ min: 0, max: 11 }) }),
  { maxLength: 400, size: 'max' },
);

const exact: readonly (readonly [CachePolicy, (max: number) => Model])[] = [
  ['sieve', sieveModel],
  ['lfu', lfuModel],
];
for (const [policy, model] of exact) {
  test(`${policy} evicts exactly what its definition says, in its order`, () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 7 }), (sequence, max) => {
        const { cache, evicted } = recording(policy, max);
        const expected = model(max);
        for (const { op, key } of sequence) {
          if (op === 'get') assert.equal(cache.get(key) !== undefined, expected.get(key));
          else {
            cache.set(key, key);
            expected.set(key);
          }
          assert.deepEqual(evicted, expected.evicted);
        }
      }),
      { numRuns: 300 },
    );
  });
}

test('lfu evicts exactly what its definition says beyond 255 agings, by when their numbers begin again', () => {
  const { cache, evicted } = recording('lfu', 4);
  const expected = lfuModel(4);
  const next = createRandom(11);
  // Now and then a key that was never used again since long ago is the next to go; mostly two keys are used.
  for (let step = 0; step < 40_000; step++) {
    const key = next.int(500) === 0 ? next.int(12) : next.int(2);
    if (cache.get(key) === undefined) cache.set(key, key);
    if (!expected.get(key)) expected.set(key);
  }
  assert.ok(evicted.length > 20);
  assert.deepEqual(evicted, expected.evicted);
});

describe('S3-FIFO', () => {
  test('lets once-only keys go from the small queue, and takes a key that comes back to the main one', () => {
    const { cache, evicted } = recording('s3-fifo', 10);
    for (let key = 0; key < 10; key++) cache.set(key, key);
    for (const key of [0, 0, 1, 1]) cache.get(key);
    cache.set(10, 10);
    assert.deepEqual(evicted, [2], 'what was used twice in the small queue moved on');
    cache.set(11, 11);
    cache.set(12, 12);
    assert.deepEqual(evicted, [2, 3, 4]);
    assert.deepEqual([cache.has(0), cache.has(1)], [true, true]);
    // 4 was there a moment ago: it comes back to the main queue and outlives newcomers.
    cache.set(4, 4);
    for (let key = 100; key < 200; key++) cache.set(key, key);
    assert.ok(cache.has(4) && cache.has(0) && cache.has(1));
  });
});

describe('W-TinyLFU', () => {
  test('an entry that was set can be read until another one comes, however unpopular it is', () => {
    const { cache } = recording('w-tinylfu', 50);
    for (let round = 0; round < 20; round++) for (let key = 0; key < 49; key++) cache.set(key, key);
    for (let key = 1000; key < 3000; key++) {
      cache.set(key, key);
      assert.equal(cache.get(key), key);
    }
  });

  test('where bytes are short a heavy entry must earn as much a byte as those it would push out', () => {
    const cache = createCache<string, number>({
      policy: 'w-tinylfu',
      max: 10_000,
      maxSize: 1000,
      sizeCalculation: (bytes) => bytes,
    });
    const ask = (key: string, bytes: number): void => {
      if (cache.get(key) === undefined) cache.set(key, bytes);
    };
    for (let round = 0; round < 30; round++) for (let key = 0; key < 90; key++) ask(`small ${key}`, 10);
    // Each large one is asked for a few times in a row, and is as large as 30 of the others.
    for (let large = 0; large < 60; large++) {
      for (let times = 0; times < 3; times++) ask(`large ${large}`, 300);
      for (let key = 0; key < 90; key++) ask(`small ${key}`, 10);
    }
    const held = Array.from({ length: 90 }, (_, key) => cache.has(`small ${key}`)).filter(Boolean).length;
    assert.ok(held >= 55, `${held} of the 90 small ones are there`);
  });
});
