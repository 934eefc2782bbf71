import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBusyWait } from '../../../src/bench/subjects/busy-wait.ts';

test('a busy wait measures its turn by the clock that it is given, and keeps what was set', () => {
  let ns = 0;
  const wait = createBusyWait();
  wait.set(2.5);
  assert.equal(
    wait.turnNs(() => (ns += 1000)),
    1000 / 200_000,
  );
  assert.equal(wait.pause(7), 7);
});

test('a busy wait gives back the index that it was given, whatever is set', () => {
  const wait = createBusyWait();
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 50, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 30 }),
      (turns, index) => {
        wait.set(turns);
        for (let call = 0; call < 5; call++) assert.equal(wait.pause(index), index);
      },
    ),
    { numRuns: 200 },
  );
});
