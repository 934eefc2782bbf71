import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { KeyHasher } from '../../../../src/components/cache/policies/key-hasher.ts';
import { UseHistory } from '../../../../src/components/cache/policies/use-history.ts';

const hashes = (count: number, from = 0): number[] => {
  const hasher = new KeyHasher();
  return Array.from({ length: count }, (_, index) => hasher.hash(`key:${from + index}`));
};

test('a history without room knows nobody', () => {
  const history = new UseHistory();
  history.put(1, 3);
  assert.equal(history.take(1), 0);
  history.halve();
  history.clear();
  assert.equal(history.take(1), 0);
});

test('tells the uses of a key once, at most 15, and none of a key that had none', () => {
  const history = new UseHistory();
  history.grow(64);
  history.put(7, 3);
  history.put(8, 99);
  history.put(9, 0);
  assert.deepEqual([history.take(7), history.take(8), history.take(9)], [3, 15, 0]);
  assert.deepEqual([history.take(7), history.take(8)], [0, 0]);
});

const anyHash = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('knows all keys of a set that is not full, also after growing by whole multiples at any time', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyHash, { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
      (keys, multiples) => {
        const history = new UseHistory();
        let capacity = 8;
        history.grow(capacity);
        // Two keys may be one by their tag: then each is told a number that one of them had.
        for (const [index, key] of keys.entries()) {
          history.put(key, index + 1);
          history.grow((capacity *= multiples[index] ?? 1));
        }
        for (const key of keys) assert.ok(history.take(key) > 0);
      },
    ),
    { numRuns: 300 },
  );
});

test('knows the newest keys after growing by any part', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyHash, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 9, max: 2000 }),
      fc.integer({ min: 1, max: 2000 }),
      (keys, capacity, more) => {
        const history = new UseHistory();
        history.grow(capacity);
        for (const key of keys) history.put(key, 1);
        history.grow(capacity + more);
        for (const key of keys) assert.ok(history.take(key) > 0);
      },
    ),
    { numRuns: 300 },
  );
});

test('forgets first who was used least, of those who left first', () => {
  const history = new UseHistory();
  history.grow(800);
  const [often, once, late] = [hashes(200), hashes(5000, 1000), hashes(100, 9000)];
  for (const key of often) history.put(key, 4);
  for (const key of once) history.put(key, 1);
  for (const key of late) history.put(key, 1);
  const known = (keys: readonly number[]): number => keys.filter((key) => history.take(key) > 0).length;
  assert.ok(known(often) >= 195);
  assert.ok(known(late) >= 85);
  assert.ok(known(once.slice(0, 4000)) < 200);
});

test('seldom takes a stranger for somebody', () => {
  const history = new UseHistory();
  history.grow(10_000);
  for (const key of hashes(20_000)) history.put(key, 1);
  const found = hashes(10_000, 1e6).filter((key) => history.take(key) > 0).length;
  assert.ok(found < 60, `${found} of 10,000`);
});

test('halving forgets half of each count, and those of whom nothing is left', () => {
  const history = new UseHistory();
  history.grow(8);
  for (const uses of [1, 2, 3, 8, 15]) history.put(uses, uses);
  history.halve();
  assert.deepEqual(
    [1, 2, 3, 8, 15].map((key) => history.take(key)),
    [0, 1, 1, 4, 7],
  );
});
