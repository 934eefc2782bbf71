import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { slopeOf } from '../../../src/components/monitor/index.ts';
import { createRandom } from '../../../src/measure/random.ts';

const seconds = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 1_000);

describe('slopeOf', () => {
  test('S17: finds a planted leak in a saw-tooth of collections, and none in a clean one', () => {
    const random = createRandom(5);
    const atMs = seconds(300);
    const heap = (leakBytes: number): number[] =>
      atMs.map((_, index) => 50e6 + (index % 7) * 2e6 + random.next() * 1e6 + index * leakBytes);
    const clean = slopeOf({ atMs, values: heap(0) });
    const leaking = slopeOf({ atMs, values: heap(20_000) });
    assert.ok(clean !== null && leaking !== null);
    assert.ok(Math.abs(clean.perSecond) < clean.plusMinus, JSON.stringify(clean));
    assert.ok(leaking.perSecond - leaking.plusMinus > 0, JSON.stringify(leaking));
    assert.ok(Math.abs(leaking.perSecond - 20_000) < leaking.plusMinus);
  });

  test('gives back the slope of a straight line, with gaps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.array(fc.boolean(), { minLength: 20, maxLength: 50 }),
        (slope, start, gaps) => {
          const atMs = seconds(gaps.length + 3);
          const values = atMs.map((ms, index) => (gaps[index] === true ? NaN : start + (slope * ms) / 1_000));
          const found = slopeOf({ atMs, values });
          assert.ok(found !== null && Math.abs(found.perSecond - slope) < 1e-6);
        },
      ),
    );
  });

  test('two samples have none', () => {
    assert.equal(slopeOf({ atMs: [0, 1, 2], values: [1, NaN, 2] }), null);
    assert.equal(slopeOf({ atMs: [1, 1, 1], values: [1, 2, 3] }), null);
  });
});
