import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DurationHistogram } from '../../../src/components/internal/duration-histogram.ts';

test('quantiles are within 1.6 % or a microsecond of the nearest rank; count, mean and maximum are exact', () => {
  const durations = fc.array(
    fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1e3, noNaN: true }),
      fc.double({ min: 0, max: 6e7, noNaN: true }),
    ),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
      const histogram = new DurationHistogram();
      for (const ms of all) histogram.record(ms);
      const sorted = all.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(part * all.length)) - 1] ?? NaN;
      const found = histogram.quantileMs(part);
      assert.ok(Math.abs(found - exact) <= Math.max(0.001, exact * 0.016), `${found} for ${exact}`);
      const { count, meanMs, maxMs } = histogram.summary();
      assert.equal(count, all.length);
      assert.equal(maxMs, sorted.at(-1));
      assert.ok(Math.abs(meanMs - all.reduce((sum, ms) => sum + ms, 0) / all.length) <= 1e-6 * (1 + meanMs));
    }),
    { numRuns: 300 },
  );
});

test('counts a value many times at once, and negative ones as 0', () => {
  const histogram = new DurationHistogram();
  histogram.record(5, 99);
  histogram.record(-3);
  assert.deepEqual([histogram.count, histogram.sumMs, histogram.quantileMs(0.01)], [100, 495, 0]);
  assert.ok(Math.abs(histogram.quantileMs(0.5) - 5) < 0.08);
});

test('is all zero before the first value', () => {
  assert.deepEqual(new DurationHistogram().summary(), {
    count: 0,
    meanMs: 0,
    p50Ms: 0,
    p95Ms: 0,
    p99Ms: 0,
    maxMs: 0,
  });
});
