import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../../src/measure/random.ts';
import { bcaDistribution } from '../../../src/measure/statistics/bca.ts';
import { blockLengthFor, drawBlocks } from '../../../src/measure/statistics/block-bootstrap.ts';
import { signFlipAbove, signFlipInterval } from '../../../src/measure/statistics/sign-flip.ts';

/** Heights of crossed against self-fertilised plants, in eighths of an inch: Darwin; Fisher, Design of Experiments, table 3. */
const darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

test("the sign-flip test gives Fisher's count for Darwin's plants: 863 of 32768", () => {
  assert.equal(signFlipAbove(darwin, 0, createRandom(1)), 863 / 32_768);
});

test('the sign-flip test counts the patterns with as large a sum', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: -20, max: 20 }),
      (differences, shift) => {
        const centred = differences.map((value) => value - shift);
        const found = centred.reduce((sum, value) => sum + value, 0);
        let hits = 0;
        for (let pattern = 0; pattern < 2 ** centred.length; pattern++) {
          const sum = centred.reduce((all, value, bit) => all + ((pattern >> bit) & 1 ? -value : value), 0);
          if (sum >= found) hits++;
        }
        assert.equal(signFlipAbove(differences, shift, createRandom(1)), hits / 2 ** centred.length);
      },
    ),
    { numRuns: 150 },
  );
});

test('the sign-flip test of many pairs draws patterns: near the exact answer, never 0, the same each time', () => {
  // 20 pairs that are all above: exactly one of 2^20 patterns is as large
  const all = Array.from({ length: 20 }, (_, index) => 1 + index / 7);
  const p = signFlipAbove(all, 0, createRandom(3));
  assert.ok(p > 0 && p < 1e-4);
  const balanced = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 1 : -1) * (1 + index));
  const first = signFlipAbove(balanced, 0, createRandom(3));
  assert.equal(signFlipAbove(balanced, 0, createRandom(3)), first);
  // by symmetry both tails hold the sum found: together 1 and the share of patterns with just this sum
  const mirrored = signFlipAbove(
    balanced.map((value) => -value),
    0,
    createRandom(4),
  );
  assert.ok(first + mirrored > 0.99 && first + mirrored < 1.05);
});

test('the sign-flip interval ends where the test begins to reject', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 10 }),
      (integers) => {
        const differences = integers.map((value, index) => value + Math.sqrt(index + 2));
        const interval = signFlipInterval(differences, 0.9, createRandom(1));
        assert.ok(interval !== null);
        const [low, high] = interval;
        const above = (shift: number): number => signFlipAbove(differences, shift, createRandom(1));
        const below = (shift: number): number =>
          signFlipAbove(
            differences.map((value) => -value),
            -shift,
            createRandom(1),
          );
        assert.ok(above(low - 1e-6) <= 0.05 && above(low + 1e-6) > 0.05 - 2 ** -differences.length);
        assert.ok(below(high + 1e-6) <= 0.05 && below(high - 1e-6) > 0.05 - 2 ** -differences.length);
      },
    ),
    { numRuns: 100 },
  );
});

test('five pairs are too few for a sign-flip interval at 95 %, six are enough', () => {
  assert.equal(signFlipInterval([1, 2, 3, 4, 5], 0.95, createRandom(1)), null);
  assert.deepEqual(signFlipInterval([1, 2, 3, 4, 5, 6], 0.95, createRandom(1)), [1, 6]);
  assert.throws(() => signFlipInterval([], 0.95, createRandom(1)), RangeError);
});

test('the sign-flip interval of many pairs is close to that of Student', () => {
  const random = createRandom(5);
  const differences = Array.from({ length: 40 }, () => 10 + random.next() + random.next() + random.next());
  const interval = signFlipInterval(differences, 0.95, createRandom(1));
  const mean = differences.reduce((sum, value) => sum + value, 0) / 40;
  const squaredSpread = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 39;
  const reach = 2.0227 * Math.sqrt(squaredSpread / 40);
  assert.ok(interval !== null);
  assert.ok(Math.abs(interval[0] - (mean - reach)) < reach / 8);
  assert.ok(Math.abs(interval[1] - (mean + reach)) < reach / 8);
});

/** Spatial test data of 26 children: Efron and Tibshirani, An Introduction to the Bootstrap, table 14.1, "A". */
const spatial = [
  48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41,
];

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

test('the BCa interval is that of Efron and Tibshirani, table 14.2', () => {
  const random = createRandom(14);
  const n = spatial.length;
  const replicates = Float64Array.from({ length: 20_000 }, () =>
    variance(Array.from({ length: n }, () => spatial[random.int(n)] ?? 0)),
  );
  const leftOut = spatial.map((_, index) => variance(spatial.toSpliced(index, 1)));
  const estimate = variance(spatial);
  assert.ok(Math.abs(estimate - 171.5) < 0.05);
  const bca = bcaDistribution(estimate, replicates, [leftOut]);
  const [low, high] = bca.interval(0.9);
  // (115.8, 259.6) from 2000 replicates; percentiles alone would give (100.8, 233.9)
  assert.ok(Math.abs(low - 115.8) < 4, `${low}`);
  assert.ok(Math.abs(high - 259.6) < 8, `${high}`);
  assert.ok(Math.abs(bca.below(low) - 0.05) < 0.002);
  assert.ok(Math.abs(bca.below(high) - 0.95) < 0.002);
});

test('a BCa distribution never says that something is impossible', () => {
  const bca = bcaDistribution(
    5,
    Float64Array.from({ length: 99 }, (_, index) => index / 10),
    [[5, 5, 5]],
  );
  assert.ok(bca.below(-1e9) > 0 && bca.below(-1e9) < 0.05);
  assert.ok(bca.below(1e9) < 1 && bca.below(1e9) > 0.95);
  assert.throws(() => bcaDistribution(0, new Float64Array(0), []), RangeError);
});

test('a draw of blocks has as many observations as the series, in runs of neighbours', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer(),
      (n, blockLength, seed) => {
        const counts = new Float64Array(n);
        drawBlocks(counts, blockLength, createRandom(seed));
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          n,
        );
        assert.ok(counts.every((count) => Number.isInteger(count) && count >= 0));
      },
    ),
    { numRuns: 200 },
  );
});

test('every observation is drawn as often as any other, the ends of the series too', () => {
  const random = createRandom(9);
  const totals = new Float64Array(12);
  const counts = new Float64Array(12);
  for (let draw = 0; draw < 20_000; draw++) {
    drawBlocks(counts, 5, random);
    for (const [index, count] of counts.entries()) totals[index] = (totals[index] ?? 0) + count;
  }
  for (const total of totals) assert.ok(Math.abs(total - 20_000) < 800, `${total}`);
});

test('blocks keep what hangs together: the error of the mean of a series in runs is larger than single draws say', () => {
  const values = Array.from({ length: 90 }, (_, index) => (Math.floor(index / 10) % 2 === 0 ? 1 : 3));
  const errorWith = (blockLength: number): number => {
    const random = createRandom(2);
    const counts = new Float64Array(values.length);
    const means = Array.from({ length: 2000 }, () => {
      drawBlocks(counts, blockLength, random);
      return values.reduce((sum, value, index) => sum + value * (counts[index] ?? 0), 0) / values.length;
    });
    return Math.sqrt(variance(means));
  };
  assert.ok(errorWith(5) > 1.5 * errorWith(1));
});

test('the length of a block grows as the cube root of the series', () => {
  assert.deepEqual([1, 8, 30, 300].map(blockLengthFor), [1, 2, 3, 7]);
});
