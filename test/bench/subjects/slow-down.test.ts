import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createBusyWait } from '../../../src/bench/subjects/busy-wait.ts';
import { slowDown } from '../../../src/bench/subjects/slow-down.ts';

/** A clock that moves by a microsecond whenever it is read, and by whatever an operation says. */
function clock(): { now: () => number; pass: (ns: number) => void } {
  let ns = 0;
  return { now: () => (ns += 1000), pass: (by) => void (ns += by) };
}

describe('slowDown', () => {
  test('leaves a subject alone that is not to be slowed down', async () => {
    const subject = { operations: { run: (index: number) => index } };
    assert.equal((await slowDown(subject, null, 1)).subject, subject);
  });

  test('gives the results of the operations, also of those that fail and those that are awaited', async () => {
    const { now, pass } = clock();
    const subject = {
      operations: {
        twice: (index: number) => (pass(50_000), index * 2),
        later: (index: number) => (pass(50_000), Promise.resolve(index * 3)),
        never: () => {
          throw new RangeError('no');
        },
      },
    };
    const slowed = await slowDown(subject, 0.1, 2, now);
    await slowed.measuring();
    const { operations } = slowed.subject;
    assert.equal(operations['twice']?.(4), 8);
    assert.equal(await operations['later']?.(4), 12);
    assert.throws(() => operations['never']?.(0), /no/);
  });

  test('refuses a subject with a clock of its own', async () => {
    const virtual = { now: () => 0, advanceTo: () => undefined };
    await assert.rejects(slowDown({ operations: {}, clock: virtual }, 0.1, 1), {
      code: 'scenario',
      message: /clock of its own cannot be slowed down/,
    });
  });
});

test('a busy wait measures its turn by the clock that it is given', () => {
  const { now } = clock();
  const wait = createBusyWait();
  wait.set(2.5);
  wait.pause();
  assert.equal(wait.turnNs(now), 1000 / 200_000);
});
