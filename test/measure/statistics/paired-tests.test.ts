import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deviationOf, pairedT } from '../../../src/measure/statistics/paired-t.ts';
import { signedRank, smallestSignedRankP } from '../../../src/measure/statistics/signed-rank.ts';

/** Depression scale factor of nine patients before and after a tranquillizer: Hollander and Wolfe, table 3.1. */
const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
const fall = before.map((value, index) => value - (after[index] ?? NaN));

/** Hours of sleep that one drug gives more than another: Student 1908, the table of section IX. */
const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];

function near(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** By the definition: the share of all patterns of signs whose positive ranks add up to as much, or more. */
function shareOfPatterns(values: readonly number[]): number {
  const ranks = values.map((value) => {
    const below = values.filter((other) => Math.abs(other) < Math.abs(value)).length;
    const equal = values.filter((other) => Math.abs(other) === Math.abs(value)).length;
    return below + (equal + 1) / 2;
  });
  const sumWhere = (isPositive: (index: number) => boolean): number =>
    ranks.reduce((sum, rank, index) => sum + (isPositive(index) ? rank : 0), 0);
  const found = sumWhere((index) => (values[index] ?? 0) > 0);
  let hits = 0;
  for (let pattern = 0; pattern < 2 ** values.length; pattern++)
    if (sumWhere((index) => ((pattern >> index) & 1) === 1) >= found) hits++;
  return hits / 2 ** values.length;
}

test('the signed-rank test gives the published figures of Hollander and Wolfe, examples 3.1 to 3.3', () => {
  const found = signedRank(fall);
  // R, ?wilcox.test: V = 40, p-value = 0.01953
  near(found.above(0), 0.01953125);
  near(found.estimate(), 0.46, 1e-12);
  const [low, high] = found.interval(0.96) ?? [];
  near(low, 0.01, 1e-12);
  near(high, 0.786, 1e-12);
});

test('the signed-rank test is exact, with ties and zeros too: it counts the patterns of signs', () => {
  const values = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(values, fc.integer({ min: -2, max: 2 }), (differences, of) => {
      const found = signedRank(differences);
      near(found.above(of), shareOfPatterns(differences.map((value) => value - of)));
      near(found.below(of), shareOfPatterns(differences.map((value) => of - value)));
    }),
    { numRuns: 200 },
  );
});

test('the interval of the signed-rank test holds what the test does not reject, without ties', () => {
  const values = fc.uniqueArray(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 20 });
  fc.assert(
    fc.property(values, fc.double({ min: -1, max: 1, noNaN: true }), (differences, of) => {
      const found = signedRank(differences);
      const [low, high] = found.interval(0.9) ?? [NaN, NaN];
      assert.ok(low <= found.estimate() && found.estimate() <= high);
      // at a bound itself the two may differ by rounding
      if (Math.min(Math.abs(of - low), Math.abs(of - high)) < 1e-9) return;
      assert.equal(found.above(of) <= 0.05 + 1e-12, of < low);
      assert.equal(found.below(of) <= 0.05 + 1e-12, of > high);
    }),
    { numRuns: 200 },
  );
});

test('the estimate of the signed-rank test hardly moves when one pair is far off', () => {
  const calm = Array.from({ length: 11 }, (_, index) => index / 100);
  const wild = [...calm.slice(0, -1), 1000];
  assert.ok(Math.abs(signedRank(wild).estimate() - signedRank(calm).estimate()) <= 0.01);
});

test('the smallest probability of the signed-rank test is that of pairs all on one side', () => {
  for (const pairs of [1, 5, 10, 40]) {
    const { above, below, interval } = signedRank(Array.from({ length: pairs }, (_, index) => index + 1));
    assert.equal(above(0), smallestSignedRankP(pairs));
    assert.equal(below(0), 1);
    assert.equal(interval(1 - smallestSignedRankP(pairs)), null);
  }
});

test('the signed-rank test refuses no pairs, too many, and what is no number', () => {
  for (const values of [[], Array.from({ length: 501 }, () => 1), [1, NaN], [Infinity]])
    assert.throws(() => signedRank(values), RangeError);
});

test("the paired t test gives R's figures for Student's own data", () => {
  // R, ?t.test: t = 4.0621, df = 9, p-value = 0.002833, 0.7001142 to 2.4598858
  const found = pairedT(sleep);
  near(found.estimate(), 1.58);
  near(found.above(0), 0.002833 / 2, 5e-7);
  near(found.below(0), 1 - 0.002833 / 2, 5e-7);
  const [low, high] = found.interval(0.95) ?? [];
  near(low, 0.7001142, 1e-7);
  near(high, 2.4598858, 1e-7);
  near(deviationOf(sleep), 1.2299955, 1e-6);
});

test('the paired t test of differences that are all equal is sure of them', () => {
  const { above, below, interval } = pairedT([0.1, 0.1, 0.1, 0.1]);
  assert.equal(above(0), 0);
  assert.equal(below(0), 1);
  assert.equal(above(0.2), 1);
  assert.deepEqual(interval(0.99), [0.1, 0.1]);
  assert.equal(pairedT([2, 2]).above(2), 0.5);
  assert.throws(() => pairedT([1]), RangeError);
});
