import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { FrequencySketch } from '../../../../src/components/cache/policies/frequency-sketch.ts';
import { GhostTable } from '../../../../src/components/cache/policies/ghost-table.ts';
import { KeyHasher } from '../../../../src/components/cache/policies/key-hasher.ts';

const hash = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('a sketch never estimates too little, also after it has grown, and at most 15', () => {
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 500, size: 'max' }), (hashes) => {
      const sketch = new FrequencySketch();
      sketch.grow(16);
      const uses = new Map<number, number>();
      for (const [index, one] of hashes.entries()) {
        if (index === 100) sketch.grow(1024);
        if (index === 300) sketch.grow(16_384);
        const given = 1 + (index % 3);
        uses.set(one, (uses.get(one) ?? 0) + given);
        assert.ok(sketch.add(one, given) >= Math.min(15, uses.get(one) ?? 0));
      }
      for (const [one, count] of uses) {
        const estimate = sketch.add(one, 0);
        assert.ok(estimate >= Math.min(15, count) && estimate <= 15);
      }
      sketch.halve();
      for (const [one, count] of uses) assert.ok(sketch.add(one, 0) >= Math.min(15, count) >> 1);
    }),
    { numRuns: 200 },
  );
});

test('a sketch of as many keys as the cache holds seldom estimates too much', () => {
  const sketch = new FrequencySketch();
  const hasher = new KeyHasher();
  sketch.grow(1024);
  for (let key = 0; key < 1024; key++) sketch.add(hasher.hash(`key:${key}`), 1 + (key % 5));
  let wrong = 0;
  for (let key = 0; key < 1024; key++)
    if (sketch.add(hasher.hash(`key:${key}`), 0) !== 1 + (key % 5)) wrong++;
  assert.ok(wrong < 50, `${wrong} of 1024`);
});

test('keys that are one in a Map have one hash, and others seldom', () => {
  const hasher = new KeyHasher();
  const [object, symbol] = [{}, Symbol('s')];
  const same: unknown[] = [
    'a',
    '',
    1,
    1.5,
    -0,
    Number.NaN,
    Infinity,
    10n,
    object,
    symbol,
    Symbol.for('r'),
    null,
    undefined,
    true,
  ];
  for (const key of same) assert.equal(hasher.hash(key), hasher.hash(key));
  assert.equal(hasher.hash(0), hasher.hash(-0));
  assert.notEqual(hasher.hash({}), hasher.hash({}));
  const names = new Set(
    Array.from({ length: 100_000 }, (_, index) => hasher.hash(`/api/v1/items/${index}?lang=en`)),
  );
  // Of 100,000 random 32-bit numbers 1.2 are expected to be taken already.
  assert.ok(names.size > 99_900, `${names.size}`);
  const numbers = new Set(Array.from({ length: 100_000 }, (_, index) => hasher.hash(index * 0.37)));
  assert.ok(numbers.size > 99_900, `${numbers.size}`);
});

test('a ghost table remembers what left last, once, and forgets in order of arrival', () => {
  const ghosts = new GhostTable();
  const hasher = new KeyHasher();
  assert.equal(ghosts.take(1, 10), false);
  ghosts.add(1);
  ghosts.grow(256);
  const hashes = Array.from({ length: 1000 }, (_, index) => hasher.hash(index));
  for (const one of hashes) ghosts.add(one);
  ghosts.grow(1024);
  const recent = hashes.slice(-100);
  const known = recent.filter((one) => ghosts.take(one, 100)).length;
  assert.ok(known >= 95, `${known}`);
  assert.equal(recent.filter((one) => ghosts.take(one, 100)).length, 0, 'taken once');
  assert.equal(hashes.slice(0, 500).filter((one) => ghosts.take(one, 100)).length, 0);
});
