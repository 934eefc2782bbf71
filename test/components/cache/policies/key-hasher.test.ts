import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { KeyHasher } from '../../../../src/components/cache/policies/key-hasher.ts';

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

test('texts of every length have one hash however they are held in memory, whatever was hashed before', () => {
  const hasher = new KeyHasher();
  const other = new KeyHasher();
  fc.assert(
    fc.property(fc.string({ minLength: 0, maxLength: 300, size: 'max' }), fc.string(), (text, before) => {
      const hash = hasher.hash(text);
      other.hash(before.repeat(20).slice(0, 250));
      // Held as characters of two bytes each, and as two pieces.
      assert.equal(other.hash(`\u0416${text}`.slice(1)), hash);
      const half = text.length >> 1;
      assert.equal(other.hash(text.slice(0, half) + text.slice(half)), hash);
    }),
    { numRuns: 300 },
  );
});

test('every character of a text of up to 256 counts, and so does the length', () => {
  const hasher = new KeyHasher();
  for (const length of [1, 5, 47, 48, 49, 50, 51, 96, 110, 255, 256]) {
    const hashes = new Set([hasher.hash('a'.repeat(length)), hasher.hash('a'.repeat(length + 1))]);
    for (let at = 0; at < length; at++)
      hashes.add(hasher.hash(`${'a'.repeat(at)}b${'a'.repeat(length - at - 1)}`));
    assert.equal(hashes.size, length + 2, `${length} characters`);
  }
});

test('long keys that differ in a few digits seldom have one hash', () => {
  const hasher = new KeyHasher();
  for (const length of [60, 250, 400]) {
    const path = '/api/v1/customers/orders/items'.repeat(14).slice(0, length - 30);
    const names = new Set(
      Array.from({ length: 100_000 }, (_, index) => hasher.hash(`${path}/${index}?page=${index % 7}`)),
    );
    assert.ok(names.size > 99_900, `${names.size} of ${length} characters`);
  }
  const cyrillic = new Set(
    Array.from({ length: 10_000 }, (_, index) => hasher.hash(`${'ключ'.repeat(14)}${index}`)),
  );
  assert.ok(cyrillic.size > 9_990, `${cyrillic.size}`);
});
