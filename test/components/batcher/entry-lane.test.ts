import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { EntryLane } from '../../../src/components/batcher/entry-lane.ts';

interface Entry {
  place: number;
  readonly bytes: number;
  readonly id: number;
}

test('does what an array does, at both ends, in the middle, and in moves by count and bytes', () => {
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ op: fc.constant('push' as const), n: fc.integer({ min: 1, max: 30 }) }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('unshift' as const), n: fc.constant(1) }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('remove' as const), n: fc.nat({ max: 1000 }) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('takeAll' as const), n: fc.constant(1) }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('move' as const), n: fc.nat({ max: 20 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const lane = new EntryLane<Entry>();
      const model: Entry[] = [];
      let ids = 0;
      const create = (): Entry => ({ place: 0, bytes: ids % 5, id: ids++ });
      for (const { op, n } of steps) {
        if (op === 'push') {
          for (let index = 0; index < n; index++) {
            const entry = create();
            lane.push(entry);
            model.push(entry);
          }
        } else if (op === 'unshift') {
          const entry = create();
          lane.unshift(entry);
          model.unshift(entry);
        } else if (op === 'remove') {
          const [entry] = model.splice(n % Math.max(1, model.length), 1);
          if (entry !== undefined) lane.remove(entry);
        } else if (op === 'takeAll') assert.deepEqual(lane.takeAll(), model.splice(0));
        else {
          const moved: Entry[] = [];
          const bytes = lane.moveTo(moved, n, 2 * n);
          const expected: Entry[] = [];
          let sum = 0;
          for (let next = model[0]; next !== undefined && expected.length < n; next = model[0]) {
            if (expected.length > 0 && sum + next.bytes > 2 * n) break;
            sum += next.bytes;
            expected.push(next);
            model.shift();
          }
          assert.deepEqual([moved, bytes], [expected, sum]);
        }
        assert.equal(lane.length, model.length);
        assert.equal(lane.first, model[0]);
        assert.deepEqual([...lane], model);
      }
    }),
    { numRuns: 200 },
  );
});
