import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PriorityLanes } from '../../../src/components/batcher/priority-lanes.ts';

interface Entry {
  place: number;
  readonly bytes: number;
  readonly level: number;
  readonly added: { readonly ms: number; readonly order: number };
}

const createEntry = (order: number, level: number, bytes = 1): Entry => ({
  place: 0,
  bytes,
  level,
  added: { ms: order, order },
});

test('fills a batch with the most important first, each priority in order of arrival', () => {
  const lanes = new PriorityLanes<Entry>(8);
  for (const [order, level] of [3, 1, 0, 2, 1, 0].entries()) lanes.push(createEntry(order, level));
  const orders = (batch: readonly Entry[]): number[] => batch.map((entry) => entry.added.order);
  assert.deepEqual([lanes.oldestOrder(), lanes.oldestMs(), lanes.bytes], [0, 0, 6]);
  assert.deepEqual(orders(lanes.takeBatch(4, Infinity)), [2, 5, 1, 4]);
  assert.deepEqual(orders(lanes.takeBatch(4, Infinity)), [3, 0]);
  assert.deepEqual([lanes.length, lanes.bytes, lanes.oldestMs()], [0, 0, Infinity]);
});

test('what is less important does not go past what found no room', () => {
  const lanes = new PriorityLanes<Entry>(8);
  lanes.push(createEntry(1, 0, 6));
  lanes.push(createEntry(2, 0, 6));
  lanes.push(createEntry(3, 3, 1));
  assert.deepEqual(
    lanes.takeBatch(10, 10).map((entry) => entry.added.order),
    [1],
  );
});

test('no entry behind k of its priority waits for more than (k + 1) * (agingBatches + 4) batches', () => {
  const arrivals = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }), {
    minLength: 20,
    maxLength: 120,
    size: 'max',
  });
  const run = (agingBatches: number, batchSize: number, batches: readonly (readonly number[])[]): void => {
    const lanes = new PriorityLanes<Entry>(agingBatches);
    const limits = new Map<Entry, number>();
    const waiting = [0, 0, 0, 0];
    let [orders, taken, withoutCritical] = [0, 0, 0];
    const take = (): void => {
      const critical = waiting[0] ?? 0;
      const batch = lanes.takeBatch(batchSize, Infinity);
      taken++;
      withoutCritical = critical > 0 && batch.every(({ level }) => level !== 0) ? withoutCritical + 1 : 0;
      assert.ok(withoutCritical <= 3, 'the most important waits for three at most');
      for (const entry of batch) {
        waiting[entry.level] = (waiting[entry.level] ?? 0) - 1;
        assert.ok(taken <= (limits.get(entry) ?? 0), `level ${entry.level} was taken with batch ${taken}`);
      }
    };
    for (const levels of batches) {
      for (const level of levels) {
        const entry = createEntry(++orders, level);
        const ahead = waiting[level] ?? 0;
        limits.set(entry, taken + (ahead + 1) * (agingBatches + 4));
        waiting[level] = ahead + 1;
        lanes.push(entry);
      }
      take();
    }
    while (lanes.length > 0) take();
    assert.deepEqual(waiting, [0, 0, 0, 0]);
  };
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }), arrivals, run), {
    numRuns: 200,
  });
  // The worst case, for certain: nothing but important ones arrives.
  run(4, 2, [[3, 3, 2, 1], ...Array.from({ length: 100 }, () => [0, 0, 0])]);
});
