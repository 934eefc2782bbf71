import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SlowestOperations, mergeSlowest } from '../../../src/load/record/slowest-operations.ts';

function keeper(keep: number): SlowestOperations {
  return new SlowestOperations({ keep, originNs: 1000, delayBetween: (fromNs, toNs) => toNs - fromNs });
}

test('the slowest operations are kept, slowest first, and the threshold says which are not worth a look', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 100 }),
      fc.integer({ min: 1, max: 25 }),
      (times, keep) => {
        const slowest = keeper(keep);
        for (const [index, tookNs] of times.entries()) {
          if (tookNs > slowest.slowerThanNs)
            slowest.add(
              { phase: 'p', name: 'n' },
              { dueNs: 1000 + index, sentNs: 1000 + index, endNs: 1000 + index + tookNs },
              null,
            );
        }
        const kept = slowest.list().map(({ dueNs, endNs }) => endNs - dueNs);
        assert.deepEqual(kept, times.toSorted((a, b) => b - a).slice(0, keep));
      },
    ),
    { numRuns: 200 },
  );
});

test('an operation that failed is kept with its class, one that was never sent without that time', () => {
  const slowest = keeper(5);
  slowest.add({ phase: 'p', name: 'a' }, { dueNs: 1100, sentNs: null, endNs: 2000 }, null, 'connect_timeout');
  assert.deepEqual(slowest.list(), [
    {
      phase: 'p',
      name: 'a',
      dueNs: 100,
      sentNs: null,
      firstByteNs: null,
      endNs: 1000,
      openNs: null,
      tlsNs: null,
      generatorDelayNs: 900,
      failure: 'connect_timeout',
    },
  ]);
});

test('times are from the start of the run, and what is not known is null', () => {
  const slowest = keeper(5);
  const times = { dueNs: 1100, sentNs: 1200, endNs: 2000 };
  slowest.add({ phase: 'p', name: 'a' }, times, {
    requestedNs: 1200,
    firstByteNs: 1500,
    openNs: 50,
    tlsNs: 0,
  });
  slowest.add(
    { phase: 'p', name: 'b' },
    { ...times, endNs: 1900 },
    { requestedNs: 1200, firstByteNs: 0, openNs: 0, tlsNs: 9 },
  );
  assert.deepEqual(slowest.list(), [
    {
      phase: 'p',
      name: 'a',
      dueNs: 100,
      sentNs: 200,
      firstByteNs: 500,
      endNs: 1000,
      openNs: 50,
      tlsNs: null,
      generatorDelayNs: 900,
    },
    {
      phase: 'p',
      name: 'b',
      dueNs: 100,
      sentNs: 200,
      firstByteNs: null,
      endNs: 900,
      openNs: null,
      tlsNs: null,
      generatorDelayNs: 800,
    },
  ]);
  assert.deepEqual(
    mergeSlowest([slowest.list(), slowest.list()], 3).map(({ name }) => name),
    ['a', 'a', 'b'],
  );
});
