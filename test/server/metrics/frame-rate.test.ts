import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrameRate } from '../../../src/server/metrics/frame-rate.ts';

function run(rate: ReturnType<typeof createFrameRate>, startMs: number, everyMs: number, frames: number) {
  for (let number = 1; number <= frames; number++) rate.tick(number, startMs + number * everyMs);
}

test('F19: the frame rate is that which was achieved, not the one that was wanted', () => {
  const rate = createFrameRate();
  assert.equal(rate.perSecond(), 0);
  run(rate, 0, 1_000 / 60, 30);
  assert.equal(rate.perSecond(), 0);
  const slow = createFrameRate();
  run(slow, 0, 40, 51);
  assert.equal(slow.perSecond(), 25);
  // A stall leaves frames out: their numbers are skipped, their time is not.
  const stalled = createFrameRate();
  stalled.tick(1, 0);
  stalled.tick(121, 2_000);
  assert.equal(stalled.perSecond(), 0.5);
});

test('time in which nobody watched does not count', () => {
  const rate = createFrameRate();
  run(rate, 0, 20, 60);
  assert.equal(rate.perSecond(), 50);
  run(rate, 3_600_000, 20, 60);
  assert.equal(rate.perSecond(), 50);
});
