import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ArrivalQueue } from '../../../src/load/arrivals/arrival-queue.ts';
import type { Arrival } from '../../../src/load/arrivals/arrival-queue.ts';

test('is a bounded first-in, first-out queue', () => {
  fc.assert(
    fc.property(
      fc.nat(2000),
      fc.array(fc.oneof(fc.constant('shift' as const), fc.nat(700)), { maxLength: 60 }),
      (bound, actions) => {
        const queue = new ArrivalQueue(bound);
        const model: Arrival[] = [];
        const got: Arrival = { dueNs: 0, user: 0, flow: 0, phase: 0 };
        let n = 0;
        for (const action of actions) {
          if (action === 'shift') {
            const expected = model.shift();
            assert.equal(queue.shift(got), expected !== undefined);
            if (expected !== undefined) assert.deepEqual(got, expected);
            continue;
          }
          for (let left = action; left > 0; left--) {
            const arrival = { dueNs: n + 0.5, user: n * 2 ** 33, flow: n % 7, phase: n % 3 };
            n++;
            assert.equal(
              queue.push(arrival.dueNs, arrival.user, arrival.flow, arrival.phase),
              model.length < bound,
            );
            if (model.length < bound) model.push(arrival);
          }
          assert.equal(queue.length, model.length);
        }
        for (const expected of model) assert.deepEqual(queue.shift(got) && { ...got }, expected);
        assert.equal(queue.shift(got), false);
      },
    ),
    { numRuns: 100 },
  );
});
