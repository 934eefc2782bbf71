import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { LRUCache } from 'lru-cache';
import { createCache, createLoadingCache } from '../../src/components/cache/index.ts';

// Where our contract is that of lru-cache, ours and the package must do the same, step by step: what is returned, what
// is told to the listener and why, and what is left.

interface Value {
  readonly id: number;
  readonly size: number;
}

const key = fc.integer({ min: 0, max: 9 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ op: fc.constant('set' as const), key, size: fc.integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constantFrom('get' as const, 'peek' as const, 'has' as const, 'delete' as const),
      key,
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('again' as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 7 }) }),
  },
);
const steps = fc.array(step, { maxLength: 200, size: 'max' });

describe('beside lru-cache', () => {
  test('get, set, has, peek, delete, dispose and sizes are the same', () => {
    const bounds = fc.record({
      max: fc.integer({ min: 1, max: 8 }),
      maxSize: fc.integer({ min: 25, max: 120 }),
    });
    fc.assert(
      fc.property(steps, bounds, (sequence, { max, maxSize }) => {
        const told: { ours: unknown[]; theirs: unknown[] } = { ours: [], theirs: [] };
        const ours = createCache<number, Value>({
          max,
          maxSize,
          maxEntrySize: 25,
          sizeCalculation: ({ size }) => size,
          onEvict: (value, name, reason) => told.ours.push([name, value.id, reason]),
        });
        const theirs = new LRUCache<number, Value>({
          max,
          maxSize,
          maxEntrySize: 25,
          sizeCalculation: ({ size }) => size,
          dispose: (value, name, reason) => told.theirs.push([name, value.id, reason]),
        });
        let id = 0;
        for (const action of sequence) {
          if (action.op === 'advance') continue;
          if (action.op === 'set') {
            const value = { id: ++id, size: action.size };
            ours.set(action.key, value);
            theirs.set(action.key, value);
          } else if (action.op === 'again') {
            const value = ours.peek(action.key);
            if (value !== undefined) {
              ours.set(action.key, value);
              theirs.set(action.key, value);
            }
          } else assert.deepEqual(ours[action.op](action.key), theirs[action.op](action.key));
          assert.deepEqual(told.ours, told.theirs);
          assert.deepEqual([ours.size, ours.bytes], [theirs.size, theirs.calculatedSize]);
        }
        assert.deepEqual(new Set(ours.keys()), new Set(theirs.keys()));
      }),
      { numRuns: 300 },
    );
  });

  test('a time to live is the same to the millisecond', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 2, max: 12 }), (sequence, ttl) => {
        // Ours is over when the ttl is, theirs a millisecond later.
        let nowMs = 1000;
        const ours = createCache<number, number>({ max: 10, ttl, now: () => nowMs });
        const theirs = new LRUCache<number, number>({
          max: 10,
          ttl,
          ttlResolution: 0,
          perf: { now: () => nowMs },
        });
        for (const [index, action] of sequence.entries()) {
          if (action.op === 'advance') nowMs += action.ms;
          else if (action.op === 'set' || action.op === 'again') {
            const own = index % 3 === 0 ? 2 + (index % 5) : ttl;
            ours.set(action.key, index, { ttl: own });
            theirs.set(action.key, index, { ttl: own - 1 });
          } else if (action.op === 'delete') {
            // Theirs also says so of an entry that has expired and was not come upon.
            ours.delete(action.key);
            theirs.delete(action.key);
          } else
            assert.equal(
              ours[action.op](action.key),
              theirs[action.op](action.key),
              `${action.op} at ${nowMs}`,
            );
        }
        const live = (cache: { has(name: number): boolean }): number[] =>
          Array.from({ length: 10 }, (_, name) => name).filter((name) => cache.has(name));
        assert.deepEqual(live(ours), live(theirs));
      }),
      { numRuns: 300 },
    );
  });

  // With room for all: theirs rejects a load whose place was taken meanwhile, ours gives its value to who waits.
  test('fetch calls the loader as often, and gives the same', async () => {
    const counts = { ours: 0, theirs: 0 };
    const ours = createLoadingCache<string, string>({
      max: 20,
      loader: async (name) => {
        counts.ours++;
        await setImmediate();
        if (name === 'bad') throw new Error('no');
        return name.toUpperCase();
      },
    });
    const theirs = new LRUCache<string, string>({
      max: 20,
      fetchMethod: async (name) => {
        counts.theirs++;
        await setImmediate();
        if (name === 'bad') throw new Error('no');
        return name.toUpperCase();
      },
    });
    for (const names of [['a', 'a', 'b'], ['a', 'b', 'c'], ['bad', 'bad'], ['bad'], ['d', 'a', 'e', 'b']]) {
      const [own, other] = await Promise.all([
        Promise.allSettled(names.map((name) => ours.fetch(name))),
        Promise.allSettled(names.map((name) => theirs.fetch(name))),
      ]);
      assert.deepEqual(
        own.map((result) => (result.status === 'fulfilled' ? result.value : 'failed')),
        other.map((result) => (result.status === 'fulfilled' ? result.value : 'failed')),
      );
      assert.equal(counts.ours, counts.theirs, names.join());
    }
  });
});
