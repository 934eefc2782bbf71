import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeadlineQueue } from '../../../src/load/connections/deadline-queue.ts';
import { createVirtualLoop } from '../virtual-loop.ts';
import type { Deadlined } from '../../../src/load/connections/deadline-queue.ts';

function member(expired: (nowNs: number) => void): Deadlined {
  return { deadlineNs: 0, earlier: null, later: null, queued: false, expire: expired };
}

test('everything that stays too long expires, once, never early and in order; what left does not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ addAt: fc.nat(50), removeAfter: fc.option(fc.nat(30)) }), { maxLength: 40 }),
      async (plan) => {
        const loop = createVirtualLoop();
        const queue = new DeadlineQueue(loop, 15e6);
        const expiries: { index: number; atNs: number }[] = [];
        for (const [index, { addAt, removeAfter }] of plan.entries()) {
          const one = member((atNs) => expiries.push({ index, atNs }));
          // the odd nanoseconds keep a removal from falling on a deadline
          loop.after(addAt * 1e6, () => queue.add(one, loop.now()));
          if (removeAfter !== null) loop.after((addAt + removeAfter) * 1e6 + 7, () => queue.remove(one));
        }
        await loop.runUntil(new Promise<void>((resolve) => loop.after(200e6, resolve)));
        const expected = plan.flatMap(({ addAt, removeAfter }, index) =>
          removeAfter === null || removeAfter >= 15 ? [{ index, addAt }] : [],
        );
        assert.deepEqual(
          expiries.map(({ index }) => index).toSorted((a, b) => a - b),
          expected.map(({ index }) => index),
        );
        for (const { index, atNs } of expiries)
          assert.ok(atNs >= (plan[index]!.addAt + 15) * 1e6 && atNs <= (plan[index]!.addAt + 15) * 1e6 + 10);
        assert.deepEqual(
          expiries,
          expiries.toSorted((a, b) => a.atNs - b.atNs),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('arms no timer for an empty queue, and can be stopped', async () => {
  const loop = createVirtualLoop();
  const queue = new DeadlineQueue(loop, 5);
  queue.add(
    member(() => assert.fail('it was stopped')),
    0,
  );
  queue.stop();
  await assert.rejects(loop.runUntil(new Promise(() => undefined)), /nothing is left/);
});
