import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Semaphore } from '../../../src/components/internal/semaphore.ts';

test('runs at most its limit at once, in order of arrival, whether calls succeed or fail', async () => {
  const semaphore = new Semaphore(2);
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const calls = Array.from({ length: 6 }, (_, index) =>
    semaphore.run(async () => {
      started.push(index);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (index % 2 === 0) throw new Error(`call ${index}`);
      return index;
    }),
  );
  const results = Promise.allSettled(calls);
  assert.deepEqual([started, semaphore.waiting], [[0, 1], 4]);
  for (let ended = 0; ended < 6; ended++) {
    ends[ended]?.();
    for (let job = 0; job < 20; job++) await Promise.resolve();
    assert.deepEqual(started, [0, 1, 2, 3, 4, 5].slice(0, Math.min(6, ended + 3)));
    assert.equal(semaphore.running, Math.min(2, 5 - ended));
  }
  assert.deepEqual(
    (await results).map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  );
});
