import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  createExponentialAverage,
  createSimpleAverage,
  formatBytes,
  formatPercentage,
  measureTime,
  percentile,
  standardDeviation,
  startStopwatch,
} from '../../../src/components/limiter/index.ts';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 });
const close = (a: number, b: number, scale = 1): void =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, scale), `${a} is not ${b}`);

test('exponential average: weights halve with each half-life, by definition', () => {
  const samples = fc.array(
    fc.record({ afterMs: fc.nat({ max: 500 }), value: fc.double({ min: -1e3, max: 1e3, noNaN: true }) }),
    { minLength: 1, maxLength: 50 },
  );
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 1000 }), (all, halfLifeMs) => {
      let nowMs = 0;
      const average = createExponentialAverage({ halfLifeMs, now: () => nowMs });
      const seen: { readonly atMs: number; readonly value: number }[] = [];
      for (const { afterMs, value } of all) {
        nowMs += afterMs;
        average.add(value);
        seen.push({ atMs: nowMs, value });
        const weights = seen.map(({ atMs }) => 2 ** ((atMs - nowMs) / halfLifeMs));
        const weight = weights.reduce((sum, each) => sum + each, 0);
        const sum = seen.reduce((total, each, index) => total + each.value * (weights[index] ?? 0), 0);
        close(average.value, sum / weight, 1e3);
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(Number.isNaN(createExponentialAverage({ halfLifeMs: 1 }).value));
  assert.throws(() => createExponentialAverage({ halfLifeMs: 0 }), /`halfLifeMs` to be a positive number/);
});

test('simple average: the mean of the last values', () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 20 }), (values, size) => {
      const average = createSimpleAverage(size);
      assert.ok(Number.isNaN(average.value));
      for (const [index, value] of values.entries()) {
        average.add(value);
        const last = values.slice(Math.max(0, index + 1 - size), index + 1);
        close(average.value, last.reduce((sum, each) => sum + each, 0) / last.length, 1e6);
      }
    }),
    { numRuns: 200 },
  );
  const average = createSimpleAverage(2);
  for (const value of [NaN, 1, 2, 3]) average.add(value);
  assert.equal(average.value, 2.5, 'a NaN goes with the others');
});

test('percentile: between the smallest and the largest, never falling, exact at the ranks', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 100, noNaN: true }), (values, p) => {
      const found = percentile(values, p);
      if (values.length === 0) return assert.ok(Number.isNaN(found));
      const sorted = values.toSorted((a, b) => a - b);
      assert.ok(found >= (sorted[0] ?? 0) && found <= (sorted.at(-1) ?? 0));
      assert.ok(found <= percentile(values, Math.min(100, p + 1)) + 1e-9);
      for (const [index, value] of sorted.entries()) {
        if (sorted.length > 1) close(percentile(values, (100 * index) / (sorted.length - 1)), value, 1e6);
      }
    }),
    { numRuns: 200 },
  );
  assert.equal(percentile([4, 1, 3, 2], 50), 2.5);
  assert.equal(percentile(new Set([10, 20]), 25), 12.5);
  assert.throws(() => percentile([1], 101), /`p` to be a number from 0 to 100, got `101`/);
});

test('standard deviation: that of a sample, also for numbers far from 0', () => {
  close(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), Math.sqrt(32 / 7));
  close(standardDeviation([1e9 + 1, 1e9 + 2, 1e9 + 3]), 1);
  assert.ok(Number.isNaN(standardDeviation([5])));
});

test('stopwatch: laps and pauses', async () => {
  let nowMs = 100;
  const watch = startStopwatch(() => nowMs);
  nowMs = 130;
  assert.equal(watch.lap(), 30);
  watch.pause();
  watch.pause();
  nowMs = 500;
  assert.equal(watch.elapsedMs, 30);
  watch.resume();
  watch.resume();
  nowMs = 505;
  assert.deepEqual([watch.lap(), watch.elapsedMs], [5, 35]);
  const measured = await measureTime(
    async () => {
      nowMs += 7;
      return 'done';
    },
    () => nowMs,
  );
  assert.deepEqual(measured, { value: 'done', ms: 7 });
});

test('formats bytes and percentages with no more digits than count', () => {
  const bytes = [0, 512, 999, 1000, 1024, 1536, 1_048_576, 1_073_741_824, -3_407_872, 1e18, Infinity];
  assert.deepEqual(bytes.map(formatBytes), [
    '0 B',
    '512 B',
    '999 B',
    '0.977 KiB',
    '1 KiB',
    '1.5 KiB',
    '1 MiB',
    '1 GiB',
    '-3.25 MiB',
    '909000 TiB',
    'Infinity B',
  ]);
  assert.deepEqual([0, 0.123456, 1, 0.00012].map(formatPercentage), ['0%', '12.3%', '100%', '0.012%']);
});
