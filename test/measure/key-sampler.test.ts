import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createKeySampler } from '../../src/measure/key-sampler.ts';
import { createRandom } from '../../src/measure/random.ts';
import { chiSquare, chiSquareLimit } from './chi-square.ts';
import type { Distribution } from '../../src/model/plan.ts';

const draws = 200_000;

function countKeys(distribution: Distribution, n: number, seed: number): number[] {
  const next = createKeySampler(distribution, n, createRandom(seed));
  const counts = new Array<number>(n).fill(0);
  for (let index = 0; index < draws; index++) counts[next()]! += 1;
  return counts;
}

function zipfExpectation(n: number, exponent: number): number[] {
  const weights = Array.from({ length: n }, (_, index) => (index + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (draws * weight) / total);
}

/** Chi-square with the degrees of freedom left after small cells are pooled. */
function fits(counts: readonly number[], expected: readonly number[]): void {
  const cells = expected.filter((value) => value >= 5).length + (expected.some((value) => value < 5) ? 1 : 0);
  if (cells < 2) return;
  const statistic = chiSquare(counts, expected);
  assert.ok(statistic < chiSquareLimit(cells - 1), `chi-square ${statistic} over ${cells} cells`);
}

for (const exponent of [0.01, 0.5, 0.9, 0.99, 0.999_999, 1, 1.000_001, 1.2, 2, 5]) {
  for (const n of [1, 2, 3, 10, 1_000]) {
    test(`zipf(${exponent}) over ${n} keys has the exact probabilities`, () => {
      fits(countKeys({ kind: 'zipf', exponent }, n, 11), zipfExpectation(n, exponent));
    });
  }
}

test('a wrong exponent does not fit', () => {
  const counts = countKeys({ kind: 'zipf', exponent: 0.99 }, 1_000, 11);
  assert.throws(() => fits(counts, zipfExpectation(1_000, 0.95)));
});

test('latest is zipf from the newest key backwards', () => {
  fits(countKeys({ kind: 'latest', exponent: 0.99 }, 1_000, 5).toReversed(), zipfExpectation(1_000, 0.99));
});

test('uniform gives every key alike', () => {
  fits(countKeys({ kind: 'uniform' }, 1_000, 5), new Array<number>(1_000).fill(draws / 1_000));
});

test('sequential goes round', () => {
  const next = createKeySampler({ kind: 'sequential' }, 3, createRandom(1));
  assert.deepEqual(Array.from({ length: 7 }, next), [0, 1, 2, 0, 1, 2, 0]);
});

test('every sampler stays within the keys, for any number of keys and exponent', () => {
  const distribution = fc.oneof(
    fc.constant<Distribution>({ kind: 'uniform' }),
    fc.constant<Distribution>({ kind: 'sequential' }),
    fc.record({
      kind: fc.constantFrom('zipf' as const, 'latest' as const),
      exponent: fc.double({ min: 1e-6, max: 100, noNaN: true }),
    }),
  );
  fc.assert(
    fc.property(distribution, fc.integer({ min: 1, max: 2 ** 32 }), fc.integer(), (kind, n, seed) => {
      const next = createKeySampler(kind, n, createRandom(seed));
      for (let index = 0; index < 50; index++) {
        const key = next();
        assert.ok(Number.isInteger(key) && key >= 0 && key < n, `${key} of ${n}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('refuses a number of keys or an exponent that cannot be', () => {
  const random = createRandom(1);
  assert.throws(() => createKeySampler({ kind: 'uniform' }, 0, random), /Expected `n`/);
  assert.throws(
    () => createKeySampler({ kind: 'zipf', exponent: 0 }, 10, random),
    /Expected `exponent` to be a number above 0, got `0`/,
  );
  assert.throws(() => createKeySampler({ kind: 'zipf', exponent: NaN }, 10, random), /got `NaN`/);
});
