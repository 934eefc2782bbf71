import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { backoffMs, backoffSettings } from '../../../src/components/internal/backoff.ts';

const defaults = { initialMs: 100, maxMs: 1000 };

test('doubles up to the maximum when there is no jitter', () => {
  const backoff = backoffSettings('backoff', { jitter: 0 }, defaults);
  const waits = [1, 2, 3, 4, 5, 6, 5000].map((failures) => backoffMs(backoff, failures, () => 0.7));
  assert.deepEqual(waits, [100, 200, 400, 800, 1000, 1000, 1000]);
});

test('jitter moves a wait by no more than its part, and never beyond the maximum', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, jitter, random) => {
        const plain = backoffMs(backoffSettings('b', { jitter: 0 }, defaults), failures, () => 0);
        const wait = backoffMs(backoffSettings('b', { jitter }, defaults), failures, () => random);
        assert.ok(wait >= plain * (1 - jitter) - 1e-9 && wait <= Math.min(1000, plain * (1 + jitter)) + 1e-9);
      },
    ),
    { numRuns: 200 },
  );
});

test('an initial wait of 0 stays 0', () => {
  const backoff = backoffSettings('backoff', { initialMs: 0 }, defaults);
  assert.equal(
    backoffMs(backoff, 2000, () => 0.9),
    0,
  );
});

test('refuses what it cannot follow, by name', () => {
  assert.throws(
    () => backoffSettings('backoff', { factor: 0.5 }, defaults),
    /`backoff\.factor` to be a number/,
  );
  assert.throws(() => backoffSettings('backoff', { jitter: 1.5 }, defaults), /`backoff\.jitter`/);
  assert.throws(
    () => backoffSettings('backoff', { initialMs: 50, maxMs: 20 }, defaults),
    /`backoff\.maxMs` to be at least initialMs \(50\), got `20`/,
  );
});
