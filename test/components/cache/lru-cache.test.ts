import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { createLruCache } from '../../../src/components/cache/index.ts';

interface Entry {
  readonly key: number;
  readonly value: number;
  readonly size: number;
  readonly deadlineMs: number;
}

/** The definition of LRU with a time to live, in plain arrays: newest use first, what has expired is not there. */
class ArrayLru {
  entries: Entry[] = [];
  readonly evicted: number[] = [];
  max = 5;
  maxSize = 60;

  expire(nowMs: number): void {
    this.entries = this.entries.filter((entry) => entry.deadlineMs > nowMs);
  }

  get(key: number): number | undefined {
    const entry = this.entries.find((candidate) => candidate.key === key);
    if (entry !== undefined) this.entries = [entry, ...this.entries.filter((other) => other !== entry)];
    return entry?.value;
  }

  set(entry: Entry): void {
    this.entries = this.entries.filter((other) => other.key !== entry.key);
    if (entry.size > this.maxSize) return;
    this.entries.unshift(entry);
    this.trim();
  }

  trim(): void {
    while (this.entries.length > this.max || this.bytes > this.maxSize) {
      const oldest = this.entries.pop();
      if (oldest !== undefined) this.evicted.push(oldest.value);
    }
  }

  get bytes(): number {
    return this.entries.reduce((sum, entry) => sum + entry.size, 0);
  }
}

const byKey = (a: readonly number[], b: readonly number[]): number => (a[0] ?? 0) - (b[0] ?? 0);

const key = fc.integer({ min: 0, max: 8 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('set' as const),
      key,
      size: fc.integer({ min: 0, max: 70 }),
      ttl: fc.constantFrom(0, 4, 9),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constantFrom('get' as const, 'peek' as const, 'has' as const, 'delete' as const),
      key,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('resize' as const),
      max: fc.integer({ min: 1, max: 7 }),
      maxSize: fc.integer({ min: 10, max: 90 }),
    }),
  },
);

describe('LRU cache', () => {
  test('holds and evicts exactly what the definition says, in its order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        let nowMs = 0;
        const model = new ArrayLru();
        const sizes = new Map<number, number>();
        const evicted: number[] = [];
        const cache = createLruCache<number, number>({
          max: model.max,
          maxSize: model.maxSize,
          sizeCalculation: (value) => sizes.get(value) ?? Number.NaN,
          now: () => nowMs,
          onEvict: (value, _, reason) => {
            if (reason === 'evict') evicted.push(value);
          },
        });
        let value = 0;
        for (const action of steps) {
          model.expire(nowMs);
          if (action.op === 'set') {
            sizes.set(++value, action.size);
            cache.set(action.key, value, { ttl: action.ttl });
            model.set({
              key: action.key,
              value,
              size: action.size,
              deadlineMs: action.ttl === 0 ? Infinity : nowMs + action.ttl,
            });
          } else if (action.op === 'get') assert.equal(cache.get(action.key), model.get(action.key));
          else if (action.op === 'advance') nowMs += action.ms;
          else if (action.op === 'resize') {
            cache.resize(action);
            Object.assign(model, { max: action.max, maxSize: action.maxSize });
            model.trim();
          } else {
            const there = model.entries.find((entry) => entry.key === action.key);
            if (action.op === 'peek') assert.equal(cache.peek(action.key), there?.value);
            else assert.equal(cache[action.op](action.key), there !== undefined);
            if (action.op === 'delete') model.entries = model.entries.filter((entry) => entry !== there);
          }
          assert.deepEqual(evicted, model.evicted);
          assert.ok(cache.size >= model.entries.filter((entry) => entry.deadlineMs > nowMs).length);
        }
        model.expire(nowMs);
        const contents: number[][] = [...cache.entries()];
        assert.deepEqual(
          contents.toSorted(byKey),
          model.entries.map((entry) => [entry.key, entry.value]).toSorted(byKey),
        );
        assert.equal(cache.bytes, model.bytes);
      }),
      { numRuns: 300 },
    );
  });

  test('get is a use, peek and has are not', () => {
    const cache = createLruCache<string, number>({ max: 3 });
    for (const name of ['a', 'b', 'c']) cache.set(name, 1);
    cache.get('a');
    cache.peek('b');
    cache.has('b');
    cache.set('d', 1);
    assert.deepEqual([...cache.keys()], ['a', 'c', 'd']);
    assert.deepEqual(cache.stats(), {
      hits: 1,
      misses: 0,
      hitRatio: 1,
      sets: 4,
      evictions: 1,
      expirations: 0,
      rejected: 0,
      entries: 3,
      bytes: 0,
    });
  });
});

const traces = new URL('../../../../shared/data/traces/', import.meta.url);
const skip = existsSync(traces) ? false : 'the folder ../shared/data/traces is not there';

describe('LRU hits on published traces', { skip }, () => {
  // Counts of hits that any exact LRU has: the traces of the LIRS and ARC papers, computed independently.
  const known = [
    {
      file: 'gli.gz',
      capacities: [250, 500, 750, 1000, 1250, 1500, 1750, 2000],
      hits: [55, 57, 69, 674, 1278, 2199, 2709, 3453],
    },
    { file: 'oltp.gz', capacities: [250, 1000], hits: [150_591, 300_122] },
  ];
  for (const { file, capacities, hits } of known) {
    test(file, () => {
      const keys = readTrace(new URL(file, traces));
      const counted = capacities.map((max) => {
        const cache = createLruCache<number, true>({ max });
        for (const block of keys) if (cache.get(block) === undefined) cache.set(block, true);
        return cache.stats().hits;
      });
      assert.deepEqual(counted, hits);
    });
  }
});

/** First column of every line that starts with an integer. */
function readTrace(file: URL): number[] {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').split('\n');
  return lines.map((line) => Number.parseInt(line, 10)).filter((block) => !Number.isNaN(block));
}
