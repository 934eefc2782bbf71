import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { binomialCdf, incompleteBeta } from '../../../src/measure/statistics/beta.ts';
import { normalCdf, normalQuantile } from '../../../src/measure/statistics/normal.ts';
import { studentCdf, studentQuantile } from '../../../src/measure/statistics/student-t.ts';

/** Expected values: SciPy 1.17 (scipy.stats.norm, t, binom; scipy.special.betainc). */
function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

test('the normal distribution function agrees with SciPy from the middle to the far tails', () => {
  const expected: readonly (readonly [number, number])[] = [
    [-8, 6.22096057427174e-16],
    [-3.5, 0.00023262907903552502],
    [-1, 0.15865525393145707],
    [0.2, 0.579259709439103],
    [2.9, 0.998134186699616],
    [3.1, 0.9990323967867817],
  ];
  for (const [z, p] of expected) near(normalCdf(z), p);
  assert.equal(normalCdf(0), 0.5);
  assert.equal(normalCdf(-Infinity), 0);
  assert.equal(normalCdf(Infinity), 1);
  assert.ok(Number.isNaN(normalCdf(NaN)));
});

test('the normal quantile agrees with SciPy, and is the inverse of the distribution function', () => {
  near(normalQuantile(1e-10), -6.361340902404056);
  near(normalQuantile(0.025), -1.9599639845400545);
  near(normalQuantile(0.3), -0.5244005127080409);
  near(normalQuantile(0.8), 0.8416212335729143);
  assert.equal(normalQuantile(0), -Infinity);
  assert.equal(normalQuantile(1), Infinity);
  assert.throws(() => normalQuantile(1.1), RangeError);
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
      near(normalCdf(normalQuantile(p)), p, 1e-8);
    }),
  );
});

test("Student's t agrees with SciPy", () => {
  near(studentCdf(2, 3), 0.9303370157205785);
  near(studentCdf(-4.5, 7.3), 0.0012596868666213978);
  near(studentCdf(0.3, 1), 0.5927735790777423);
  near(studentCdf(-60, 5), 1.2168188794991902e-8);
  near(studentQuantile(0.975, 4), 2.7764451051977934);
  near(studentQuantile(0.01, 2.5), -5.353111173030874);
  near(studentQuantile(0.9999, 30), 4.23398595727206);
  assert.equal(studentCdf(Infinity, 3), 1);
  assert.equal(studentCdf(-Infinity, 3), 0);
  assert.throws(() => studentCdf(1, 0), RangeError);
  assert.throws(() => studentQuantile(1, 3), RangeError);
});

test('the incomplete beta function agrees with SciPy', () => {
  near(incompleteBeta(0.3, 2, 5), 0.579825);
  near(incompleteBeta(0.99, 50, 0.5), 0.3173043978741973);
  near(incompleteBeta(0.5, 1000, 1000), 0.5);
  near(incompleteBeta(1e-4, 0.5, 20), 0.050116531617405015);
  assert.equal(incompleteBeta(0, 1, 1), 0);
  assert.equal(incompleteBeta(1, 1, 1), 1);
  assert.throws(() => incompleteBeta(0.5, 0, 1), RangeError);
});

test('the binomial distribution function is the sum of its terms', () => {
  near(binomialCdf(9890, 10_000, 0.99), 0.16939377362840238, 1e-8);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
      let choose = 1;
      let sum = 0;
      for (let k = 0; k <= n; k++) {
        sum += choose * p ** k * (1 - p) ** (n - k);
        assert.ok(Math.abs(binomialCdf(k, n, p) - sum) < 1e-9);
        choose = (choose * (n - k)) / (k + 1);
      }
    }),
  );
});
