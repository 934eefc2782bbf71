import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../src/measure/random.ts';
import { planSlots } from '../../src/pairs/plan-slots.ts';

test('every third slot is a control, and both kinds are numbered from 0', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (pairs, seed) => {
      const slots = planSlots(pairs, createRandom(seed));
      assert.equal(slots.filter(({ kind }) => kind === 'pair').length, pairs);
      for (const [position, { kind }] of slots.entries())
        assert.equal(kind, position % 3 === 2 ? 'control' : 'pair');
      for (const kind of ['pair', 'control'])
        assert.deepEqual(
          slots.filter((slot) => slot.kind === kind).map(({ index }) => index),
          Array.from(slots.filter((slot) => slot.kind === kind).keys()),
        );
    }),
    { numRuns: 100 },
  );
});

test('the order of the sides is a coin of the seed', () => {
  const orders = planSlots(160, createRandom(1)).map(({ order }) => order);
  assert.deepEqual(
    orders,
    planSlots(160, createRandom(1)).map(({ order }) => order),
  );
  assert.notDeepEqual(
    orders,
    planSlots(160, createRandom(2)).map(({ order }) => order),
  );
  const first = orders.filter((order) => order === 'base first').length / orders.length;
  assert.ok(first > 0.35 && first < 0.65, `base first in ${first} of the slots`);
});
