import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ExpiryHeap } from '../../../src/components/cache/expiry-heap.ts';

test('always knows an earliest deadline and every slot its own', () => {
  const slot = fc.integer({ min: 0, max: 15 });
  const change = fc.tuple(slot, fc.option(fc.integer({ min: 0, max: 50 })));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200, size: 'max' }), (changes) => {
      const heap = new ExpiryHeap(8);
      const deadlines = new Map<number, number>();
      for (const [index, [changed, deadlineMs]] of changes.entries()) {
        if (index === 3) heap.grow(16);
        if (index < 3 && changed >= 8) continue;
        if (deadlineMs === null) {
          heap.remove(changed);
          deadlines.delete(changed);
        } else {
          heap.set(changed, deadlineMs);
          deadlines.set(changed, deadlineMs);
        }
        assert.equal(heap.deadlineMs(changed), deadlines.get(changed) ?? Infinity);
        assert.equal(
          heap.first === -1 ? Infinity : deadlines.get(heap.first),
          Math.min(...deadlines.values()),
        );
      }
      const drained: number[] = [];
      for (; heap.first !== -1; heap.remove(heap.first)) drained.push(heap.deadlineMs(heap.first));
      assert.deepEqual(
        drained,
        [...deadlines.values()].toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 300 },
  );
});
