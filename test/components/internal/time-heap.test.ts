import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { TimeHeap } from '../../../src/components/internal/time-heap.ts';

test('gives values in order of time, those of one time in order of arrival, none before it is due', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat({ max: 20 }), fc.constant(null)), { maxLength: 100 }), (steps) => {
      const heap = new TimeHeap<number>();
      const model: { readonly dueMs: number; readonly value: number }[] = [];
      let nowMs = 0;
      for (const [value, dueMs] of steps.entries()) {
        if (dueMs !== null) {
          heap.push(dueMs, value);
          model.push({ dueMs, value });
          continue;
        }
        nowMs += 3;
        const next = model.toSorted((a, b) => a.dueMs - b.dueMs || a.value - b.value)[0];
        const expected = next !== undefined && next.dueMs <= nowMs ? next : undefined;
        assert.equal(heap.popDue(nowMs)?.value, expected?.value);
        if (expected !== undefined) model.splice(model.indexOf(expected), 1);
      }
      assert.equal(heap.length, model.length);
      assert.equal(heap.dueMs, Math.min(Infinity, ...model.map(({ dueMs }) => dueMs)));
      assert.deepEqual(
        [...heap.values()].toSorted((a, b) => a - b),
        model.map(({ value }) => value).toSorted((a, b) => a - b),
      );
      heap.clear();
      assert.equal(heap.popDue(Infinity), null);
    }),
    { numRuns: 200 },
  );
});
