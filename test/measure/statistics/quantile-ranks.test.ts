import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { binomialCdf } from '../../../src/measure/statistics/beta.ts';
import { holm } from '../../../src/measure/statistics/holm.ts';
import { quantileRanks } from '../../../src/measure/statistics/quantile-ranks.ts';

test('the median of ten lies between the second and the ninth with 97.85 %', () => {
  // Conover, Practical Nonparametric Statistics, section 3.2; benchstat prints the same ranks
  const ranks = quantileRanks(10, 0.5, 0.95);
  assert.deepEqual([ranks?.lower, ranks?.upper], [2, 9]);
  assert.ok(Math.abs((ranks?.coverage ?? 0) - 0.978515625) < 1e-9);
});

test('a two-sided interval takes 72 samples for P95, 368 for P99 and 3688 for P99.9', () => {
  // 1 - p^n >= 0.975: Hahn and Meeker, Statistical Intervals, section 5.2
  for (const [p, n] of [
    [0.95, 72],
    [0.99, 368],
    [0.999, 3688],
  ] as const) {
    assert.equal(quantileRanks(n - 1, p, 0.95), null);
    assert.equal(quantileRanks(n, p, 0.95)?.upper, n);
  }
});

test('the ranks are the narrowest with at most half of the rest on either side', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.constantFrom(0.25, 0.5, 0.9, 0.95, 0.99),
      fc.constantFrom(0.8, 0.95, 0.99),
      (n, p, confidence) => {
        const tail = (1 - confidence) / 2;
        const ranks = Array.from({ length: n }, (_, index) => index + 1);
        const lower = ranks.findLast((rank) => binomialCdf(rank - 1, n, p) <= tail);
        const upper = ranks.find((rank) => 1 - binomialCdf(rank - 1, n, p) <= tail);
        const found = quantileRanks(n, p, confidence);
        if (lower === undefined || upper === undefined) assert.equal(found, null);
        else assert.deepEqual([found?.lower, found?.upper], [lower, upper]);
        assert.ok(found === null || found.coverage >= confidence - 1e-12);
      },
    ),
    { numRuns: 200 },
  );
});

test('what is no number of samples or no share is refused', () => {
  assert.throws(() => quantileRanks(0, 0.5, 0.95), RangeError);
  assert.throws(() => quantileRanks(10, 1, 0.95), RangeError);
});

test("Holm's probabilities are those of R's p.adjust", () => {
  // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries())
    assert.ok(Math.abs((adjusted[index] ?? 0) - expected) < 1e-12);
  assert.deepEqual(holm([]), []);
});

test("Holm rejects what the step-down procedure rejects, and no less than Bonferroni's", () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(probability, { minLength: 1, maxLength: 12 }), (probabilities) => {
      const alpha = 0.05;
      const order = probabilities.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
      const rejected = new Set<number>();
      for (const [step, { p, index }] of order.entries()) {
        if (p * (order.length - step) > alpha) break;
        rejected.add(index);
      }
      for (const [index, adjusted] of holm(probabilities).entries()) {
        assert.equal(adjusted <= alpha, rejected.has(index));
        if ((probabilities[index] ?? 1) * probabilities.length <= alpha) assert.ok(adjusted <= alpha);
      }
    }),
    { numRuns: 300 },
  );
});
