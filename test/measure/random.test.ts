import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRandom, shuffle } from '../../src/measure/random.ts';
import { chiSquare, chiSquareLimit } from './chi-square.ts';

test('the same seed gives the same numbers, another seed others', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (seed, other) => {
      const draw = (from: number): number[] => {
        const random = createRandom(from);
        return Array.from({ length: 8 }, () => random.next());
      };
      assert.deepEqual(draw(seed), draw(seed));
      if (seed !== other) assert.notDeepEqual(draw(seed), draw(other));
    }),
    { numRuns: 200 },
  );
});

test('follows the published sfc32 recurrence', () => {
  // The recurrence of PractRand's sfc32 in 64-bit arithmetic, an independent way to compute it.
  const mask = 0xffffffffn;
  const seed = 0x1234_5678_9abc;
  let [a, b, c, counter] = [0n, BigInt(seed) & mask, BigInt(seed) >> 32n, 1n];
  const next = (): bigint => {
    const result = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = ((((c << 21n) | (c >> 11n)) & mask) + result) & mask;
    return result;
  };
  for (let round = 0; round < 12; round++) next();
  const random = createRandom(seed);
  for (let index = 0; index < 1_000; index++) assert.equal(BigInt(random.uint32()), next());
});

test('next lies in [0, 1) and its mean and spread are those of the uniform distribution', () => {
  const random = createRandom(1);
  const n = 100_000;
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < n; index++) {
    const value = random.next();
    assert.ok(value >= 0 && value < 1);
    sum += value;
    squares += value * value;
  }
  const mean = sum / n;
  // Five standard errors.
  assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(1 / 12 / n), `mean ${mean}`);
  assert.ok(Math.abs(squares / n - mean * mean - 1 / 12) < 0.002);
});

test('int spreads evenly over any range', () => {
  for (const n of [2, 3, 7, 100, 1_000]) {
    const random = createRandom(n);
    const counts = new Array<number>(n).fill(0);
    for (let index = 0; index < 100_000; index++) counts[random.int(n)]! += 1;
    const expected = new Array<number>(n).fill(100_000 / n);
    assert.ok(chiSquare(counts, expected) < chiSquareLimit(n - 1), `n ${n}`);
  }
});

test('int stays in range up to 2^32 and refuses anything that is no such number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer(), (n, seed) => {
      const value = createRandom(seed).int(n);
      assert.ok(Number.isInteger(value) && value >= 0 && value < n);
    }),
    { numRuns: 300 },
  );
  for (const bad of [0, -1, 1.5, NaN, Infinity, 2 ** 32 + 1]) {
    assert.throws(() => createRandom(1).int(bad), /Expected `n` to be an integer from 1 to 2\^32/);
  }
});

test('a fork depends on seed and label only, and differs from its parent and siblings', () => {
  const parent = createRandom(42);
  const before = parent.fork('keys').uint32();
  for (let index = 0; index < 100; index++) parent.next();
  assert.equal(parent.fork('keys').uint32(), before);
  const streams = [
    parent,
    parent.fork('keys'),
    parent.fork('mix'),
    parent.fork('keys').fork('keys'),
    createRandom(43).fork('keys'),
  ];
  const firsts = streams.map((stream) => stream.uint32());
  assert.equal(new Set(firsts).size, firsts.length);
});

test('forked streams are not correlated', () => {
  const one = createRandom(7).fork('a');
  const two = createRandom(7).fork('b');
  const n = 50_000;
  let product = 0;
  for (let index = 0; index < n; index++) product += (one.next() - 0.5) * (two.next() - 0.5);
  // The mean of n products of independent centred uniforms has a standard error of 1 / (12 sqrt(n)).
  assert.ok(Math.abs(product / n) < 5 / (12 * Math.sqrt(n)));
});

test('shuffle keeps every item and makes every order equally likely', () => {
  const random = createRandom(3);
  const counts = new Map<string, number>();
  for (let index = 0; index < 24_000; index++) {
    const order = shuffle(['a', 'b', 'c', 'd'], random).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  assert.ok(chiSquare([...counts.values()], new Array<number>(24).fill(1_000)) < chiSquareLimit(23));
});
