import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hodgesLehmann } from '../../../src/measure/statistics/hodges-lehmann.ts';
import { mannWhitney, smallestRankSumP } from '../../../src/measure/statistics/mann-whitney.ts';
import { welchDifference } from '../../../src/measure/statistics/welch.ts';

/** Permeability of the human chorioamnion at term and at 12 to 26 weeks: Hollander and Wolfe, table 4.1. */
const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const early = [1.15, 0.88, 0.9, 0.74, 1.21];

function near(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** Every choice of `size` of the values. */
function choices(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((value, index) =>
    choices(values.slice(index + 1), size - 1).map((rest) => [value, ...rest]),
  );
}

function countU(a: readonly number[], b: readonly number[]): number {
  return b.reduce((sum, y) => sum + a.reduce((part, x) => part + (x < y ? 1 : x === y ? 0.5 : 0), 0), 0);
}

test('Mann-Whitney gives the published p of Hollander and Wolfe, example 4.1', () => {
  // R, ?wilcox.test: W = 35, p-value = 0.1272
  const outcome = mannWhitney(early, term);
  assert.equal(outcome.u, 35);
  assert.equal(outcome.exact, true);
  near(outcome.above, 0.1272061272061272);
});

test('Mann-Whitney is exact for small samples with ties: it counts the choices that are as extreme', () => {
  const values = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const pool = [...a, ...b];
      const found = countU(a, b);
      const all = choices([...pool.keys()], b.length).map((chosen) =>
        countU(
          pool.filter((_, index) => !chosen.includes(index)),
          chosen.map((index) => pool[index] ?? NaN),
        ),
      );
      const outcome = mannWhitney(a, b);
      assert.equal(outcome.u, found);
      near(outcome.above, all.filter((u) => u >= found).length / all.length);
      near(outcome.below, all.filter((u) => u <= found).length / all.length);
    }),
    { numRuns: 150 },
  );
});

test('Mann-Whitney for large samples agrees with SciPy, with and without ties', () => {
  const a = Array.from({ length: 30 }, (_, index) => 2 * index);
  const b = Array.from({ length: 30 }, (_, index) => 2 * index + 8);
  const plain = mannWhitney(a, b);
  assert.equal(plain.exact, false);
  near(plain.above, 0.04956775348110976, 1e-9);
  near(plain.below, 0.9519286924596362, 1e-9);
  const thrice = (values: readonly number[]): number[] => [...values, ...values, ...values];
  const tied = mannWhitney(thrice([1, 1, 2, 2, 3, 3, 4, 5, 5, 6]), thrice([2, 2, 3, 4, 4, 5, 6, 6, 7, 8]));
  assert.equal(tied.u, 639);
  near(tied.above, 0.0024107436518791725, 1e-9);
});

test('Mann-Whitney of equal values finds nothing, and of no values is refused', () => {
  assert.equal(mannWhitney([3, 3, 3], [3, 3]).twoSided, 1);
  const many = Array.from({ length: 40 }, () => 3);
  assert.equal(mannWhitney(many, many).twoSided, 1);
  assert.throws(() => mannWhitney([], [1]), RangeError);
});

test('the smallest p of a rank sum is that of samples which do not overlap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (m, n) => {
      const a = Array.from({ length: m }, (_, index) => index);
      const b = Array.from({ length: n }, (_, index) => index + 100);
      near(mannWhitney(a, b).above, smallestRankSumP(m, n));
    }),
  );
});

test('the shift of Hodges and Lehmann has the published interval of Hollander and Wolfe, example 4.3', () => {
  const { estimate, interval } = hodgesLehmann(early, term, 0.96);
  near(estimate, 0.305);
  near(interval?.[0], -0.15);
  near(interval?.[1], 0.76);
});

test('the interval of a shift holds exactly the shifts that the test does not reject', () => {
  // all differences distinct, so that no shift lies on the edge
  const distinct = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 7 });
  fc.assert(
    fc.property(distinct, distinct, (a, second) => {
      const b = second.map((value, index) => value + ((index + 1) * Math.PI) / 100);
      const { interval } = hodgesLehmann(a, b, 0.9);
      const rejected = (shift: number): boolean => {
        const { above, below } = mannWhitney(
          a.map((value) => value + shift),
          b,
        );
        return Math.min(above, below) <= 0.05 + 1e-12;
      };
      if (interval === null) {
        assert.ok(smallestRankSumP(a.length, b.length) > 0.05 + 1e-12);
        return;
      }
      const step = 1e-6;
      assert.equal(rejected(interval[0] - step), true);
      assert.equal(rejected(interval[0] + step), false);
      assert.equal(rejected(interval[1] - step), false);
      assert.equal(rejected(interval[1] + step), true);
    }),
    { numRuns: 150 },
  );
});

test('a shift has no interval where the samples are too small for the confidence', () => {
  assert.equal(hodgesLehmann([1, 2, 3], [4, 5, 6], 0.95).interval, null);
  assert.notEqual(hodgesLehmann([1, 2, 3, 4], [5, 6, 7, 8], 0.95).interval, null);
  assert.throws(() => hodgesLehmann([], [1], 0.95), RangeError);
});

test('the interval of large samples is that of the normal approximation', () => {
  const a = Array.from({ length: 40 }, (_, index) => (index * 37) % 101);
  const b = Array.from({ length: 40 }, (_, index) => ((index * 53) % 97) + 10);
  const { estimate, interval } = hodgesLehmann(a, b, 0.95);
  const at = (shift: number): number => {
    const { above, below } = mannWhitney(
      a.map((value) => value + shift),
      b,
    );
    return Math.min(above, below);
  };
  assert.ok(interval !== null && interval[0] < estimate && estimate < interval[1]);
  assert.ok(at(interval[0] - 0.5) < 0.025 && at(interval[0] + 0.5) > 0.025);
  assert.ok(at(interval[1] + 0.5) < 0.025 && at(interval[1] - 0.5) > 0.025);
});

test("Welch's difference agrees with SciPy", () => {
  const a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
  const b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5];
  const welch = welchDifference(a, b);
  assert.ok(welch !== null);
  near(welch.degrees, 26.952746503270294);
  near(2 * welch.above(0), 0.01161619200263083);
  near(welch.below(0), 1 - 0.01161619200263083 / 2);
  const [low, high] = welch.interval(0.95);
  near(low, 0.6732699556294084);
  near(high, 4.886730044370594);
});

test('Welch needs two values on either side, and takes values without spread as they are', () => {
  assert.equal(welchDifference([1], [1, 2]), null);
  const still = welchDifference([2, 2], [3, 3]);
  assert.equal(still?.above(0), 0);
  assert.equal(still?.below(0), 1);
  assert.equal(still?.above(1), 0.5);
  assert.deepEqual(still?.interval(0.95), [1, 1]);
});
