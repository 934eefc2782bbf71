import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { TimingWheel } from '../../../src/components/cache/timing-wheel.ts';

/** Durations on every level of the wheel, on its grid of 1/1024 ms and off it. */
const duration = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: 5_000_000 }),
  fc.integer({ min: 0, max: 2_147_483_647 }),
  fc.double({ min: 0, max: 70, noNaN: true }),
);
const slot = fc.integer({ min: 0, max: 15 });
const step = fc.oneof(
  fc.record({ op: fc.constant('set' as const), slot, ms: duration }),
  fc.record({ op: fc.constant('remove' as const), slot }),
  fc.record({ op: fc.constant('advance' as const), ms: duration }),
);
const onGrid = (ms: number): number => Math.floor(ms * 1024) / 1024;

describe('timing wheel', () => {
  test('gives exactly the slots that have expired, at once and no earlier', () => {
    fc.assert(
      fc.property(duration, fc.array(step, { maxLength: 120, size: 'max' }), (startMs, steps) => {
        let nowMs = startMs;
        const wheel = new TimingWheel(8, startMs);
        wheel.grow(16);
        const deadlines = new Map<number, number>();
        for (const action of steps) {
          if (action.op === 'set') {
            wheel.set(action.slot, nowMs + action.ms);
            deadlines.set(action.slot, onGrid(nowMs + action.ms));
          } else if (action.op === 'remove') {
            wheel.remove(action.slot);
            deadlines.delete(action.slot);
          } else {
            nowMs += action.ms;
            assert.ok(wheel.nextMs() <= Math.min(...deadlines.values()), 'never wakes late');
            wheel.advance(nowMs);
            const expired = new Set<number>();
            for (let first = wheel.first; first !== -1; first = wheel.first) {
              expired.add(first);
              wheel.remove(first);
            }
            const due = [...deadlines].filter(([, ms]) => ms <= nowMs).map(([one]) => one);
            assert.deepEqual(
              [...expired].toSorted((a, b) => a - b),
              due.toSorted((a, b) => a - b),
            );
            for (const one of due) deadlines.delete(one);
          }
          for (let one = 0; one < 16; one++)
            assert.equal(wheel.deadlineMs(one), deadlines.get(one) ?? Infinity);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('comes to each deadline when it is advanced only as often as it asks for', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 16 }), (durations) => {
        const wheel = new TimingWheel(16, 0);
        durations.forEach((ms, one) => wheel.set(one, ms));
        let wakes = 0;
        for (let left = durations.length; left > 0;) {
          const nowMs = wheel.nextMs();
          wheel.advance(nowMs);
          for (let first = wheel.first; first !== -1; first = wheel.first) {
            assert.equal(wheel.deadlineMs(first), nowMs);
            wheel.remove(first);
            left--;
          }
          wakes++;
        }
        assert.equal(wheel.nextMs(), Infinity);
        assert.ok(wakes <= durations.length * 7, `${wakes} wakes`);
      }),
      { numRuns: 300 },
    );
  });

  test('a clock that goes back is ignored', () => {
    const wheel = new TimingWheel(4, 1000);
    wheel.set(1, 1010);
    wheel.advance(500);
    assert.equal(wheel.first, -1);
    wheel.set(2, 900);
    assert.equal(wheel.first, 2);
    wheel.advance(1010);
    wheel.remove(2);
    assert.equal(wheel.first, 1);
  });
});
