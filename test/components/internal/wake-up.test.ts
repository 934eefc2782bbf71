import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WakeUp } from '../../../src/components/internal/wake-up.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function setUp(keepsAlive = true) {
  const clock = new VirtualClock();
  const rings: number[] = [];
  const wakeUp = new WakeUp({
    timers: clock,
    now: clock.nowMs,
    ring: () => rings.push(clock.nowMs()),
    keepsAlive,
  });
  return { clock, rings, wakeUp };
}

test('rings at the soonest of the times it was given, with one timer', async () => {
  const { clock, rings, wakeUp } = setUp();
  wakeUp.at(50);
  wakeUp.at(20);
  wakeUp.at(30);
  wakeUp.at(Infinity);
  assert.equal(clock.pending.length, 1);
  await clock.advance(100);
  assert.deepEqual(rings, [20]);
  wakeUp.at(40);
  await clock.advance(0);
  assert.deepEqual(rings, [20, 100], 'a time that is past is now');
});

test('does not ring once it is cleared, and rings again when it is set again', async () => {
  const { clock, rings, wakeUp } = setUp();
  wakeUp.at(10);
  wakeUp.clear();
  assert.deepEqual(clock.pending, []);
  wakeUp.at(30);
  await clock.advance(100);
  assert.deepEqual(rings, [30]);
});

test('does not keep the process alive unless it is to', () => {
  for (const keepsAlive of [true, false]) {
    const { clock, wakeUp } = setUp(keepsAlive);
    wakeUp.at(10);
    assert.deepEqual(
      clock.pending.map((timer) => timer.hasRef()),
      [keepsAlive],
    );
  }
});

test('sets no timer longer than a timer can be', () => {
  const { clock, wakeUp } = setUp();
  wakeUp.at(1e12);
  assert.ok((clock.pending[0]?.dueMs ?? Infinity) < 2 ** 31);
});
