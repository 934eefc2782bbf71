import { test } from 'node:test';
import assert from 'node:assert/strict';
import { measureClock } from '../../src/measure/clock-cost.ts';

/** A clock that takes `costNs` a reading and shows whole multiples of `resolutionNs`. */
function slowClock(costNs: number, resolutionNs: number): () => number {
  let time = 0;
  return () => {
    time += costNs;
    return Math.floor(time / resolutionNs) * resolutionNs;
  };
}

test('finds cost and resolution of a clock with known ones', () => {
  const { costNs, resolutionNs } = measureClock(slowClock(40, 1_000));
  assert.ok(Math.abs(costNs - 40) <= 1, `${costNs}`);
  assert.equal(resolutionNs, 1_000);
  assert.deepEqual(measureClock(slowClock(50, 50)), { costNs: 50, resolutionNs: 50 });
});

test('a clock that stands still costs nothing', () => {
  assert.deepEqual(
    measureClock(() => 5),
    { costNs: 0, resolutionNs: 0 },
  );
});

test('the real clock costs something, and steps by less than a millisecond', () => {
  const { costNs, resolutionNs } = measureClock();
  assert.ok(costNs > 0 && Number.isFinite(costNs));
  assert.ok(resolutionNs > 0 && resolutionNs < 1e6);
});
