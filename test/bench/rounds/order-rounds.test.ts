import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { orderRounds } from '../../../src/bench/rounds/order-rounds.ts';
import { createRandom } from '../../../src/measure/random.ts';
import { driver, planFor } from '../plan-for.ts';

function order(subjects: number, concurrency: readonly number[], rounds: number, seed: number): string[] {
  const names = Array.from({ length: subjects }, (_, index) => ({ ...driver('noop'), name: `s${index}` }));
  const plan = planFor(names, { run: { concurrency, rounds } });
  return orderRounds(plan, createRandom(seed)).map(
    (task) => `${task.round}/${task.subject.name}x${task.concurrency}`,
  );
}

test('every variant comes once a round, and a round ends before the next begins', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer(),
      (subjects, rounds, seed) => {
        const concurrency = [1, 8];
        const tasks = order(subjects, concurrency, rounds, seed);
        assert.equal(tasks.length, subjects * concurrency.length * rounds);
        assert.equal(new Set(tasks).size, tasks.length);
        const roundNumbers = tasks.map((task) => Number(task.split('/')[0]));
        assert.deepEqual(
          roundNumbers,
          roundNumbers.toSorted((a, b) => a - b),
        );
      },
    ),
    { numRuns: 100 },
  );
});

test('another variant comes first each round, and the seed decides which', () => {
  const firsts = order(4, [1], 4, 3)
    .filter((_, index) => index % 4 === 0)
    .map((task) => task.split('/')[1]);
  assert.ok(new Set(firsts).size >= 3, firsts.join(' '));
  assert.deepEqual(order(4, [1], 4, 3), order(4, [1], 4, 3));
  const others = [1, 2, 3, 4, 5].map((seed) => order(4, [1], 4, seed).join());
  assert.ok(new Set(others).size > 1);
});
