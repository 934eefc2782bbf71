import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../../src/measure/random.ts';
import { orderSegments } from '../../../src/run/variants/order-segments.ts';
import { loadSubject } from './variant-plans.ts';
import type { Segment } from '../../../src/run/variants/order-segments.ts';

function order(names: readonly string[], rounds: number, seed: number): Segment[] {
  return orderSegments(names.map(loadSubject), rounds, seed, createRandom(seed));
}

test('every round holds every subject once, with one seed for all of them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      (count, rounds, seed) => {
        const names = Array.from({ length: count }, (_, index) => `s${index}`);
        const byRound = Map.groupBy(order(names, rounds, seed), ({ round }) => round);
        assert.deepEqual(
          [...byRound.keys()],
          Array.from({ length: rounds }, (_, index) => index + 1),
        );
        for (const segments of byRound.values()) {
          assert.deepEqual(segments.map(({ subject }) => subject.name).toSorted(), names);
          assert.equal(new Set(segments.map((one) => one.seed)).size, 1);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('the first round has the seed of the scenario, the others have their own', () => {
  const seeds = order(['a', 'b'], 4, 7).flatMap((one, index) => (index % 2 === 0 ? [one.seed] : []));
  assert.equal(seeds[0], 7);
  assert.equal(new Set(seeds).size, 4);
});

test('no subject is always first, and a seed always gives the same order', () => {
  const first = order(['a', 'b'], 40, 1).filter((_, index) => index % 2 === 0);
  assert.deepEqual([...new Set(first.map(({ subject }) => subject.name))].toSorted(), ['a', 'b']);
  assert.deepEqual(order(['a', 'b', 'c'], 5, 3), order(['a', 'b', 'c'], 5, 3));
});
