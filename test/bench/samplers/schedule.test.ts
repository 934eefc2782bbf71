import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSchedule } from '../../../src/bench/samplers/schedule.ts';
import { createRandom } from '../../../src/measure/random.ts';

const operations = { get: () => 1, set: () => 2, remove: () => 3 };

test('gives every operation its share, exact to one place in 65,536', () => {
  const weight = fc.integer({ min: 0, max: 1_000 });
  fc.assert(
    fc.property(weight, weight, weight, (get, set, remove) => {
      fc.pre(get + set + remove > 0);
      const mix = { get, set, remove };
      const { names, choice } = createSchedule('s', { operations }, mix, createRandom(1));
      if (names.length === 1) return;
      const total = get + set + remove;
      names.forEach((name, id) => {
        const places = choice.reduce((count, one) => count + (one === id ? 1 : 0), 0);
        const share = mix[name === 'get' ? 'get' : name === 'set' ? 'set' : 'remove'] / total;
        assert.ok(Math.abs(places - share * 65_536) < 1, `${name}: ${places} places for ${share}`);
      });
    }),
    { numRuns: 50 },
  );
});

test('the order is random but the same for the same seed', () => {
  const choose = (seed: number): Uint8Array =>
    createSchedule('s', { operations }, { get: 0.5, set: 0.5 }, createRandom(seed)).choice;
  assert.deepEqual(choose(1), choose(1));
  assert.notDeepEqual(choose(1), choose(2));
  // Half of the neighbours of a fair random order differ; an order by blocks or in turn would be far off.
  const changes = choose(1).reduce(
    (count, id, index, all) => count + (index > 0 && all[index - 1] !== id ? 1 : 0),
    0,
  );
  assert.ok(Math.abs(changes - 32_768) < 1_000, `${changes}`);
});

test('without a mix it takes the one of the subject, and without that the first operation', () => {
  const own = createSchedule('s', { operations, mix: { set: 1 } }, {}, createRandom(1));
  assert.deepEqual(own.names, ['set']);
  assert.deepEqual(createSchedule('s', { operations }, {}, createRandom(1)).names, ['get']);
});

test('an operation that is not there is named, with those that are', () => {
  const create = (mix: Record<string, number>): unknown =>
    createSchedule('lru', { operations }, mix, createRandom(1));
  assert.throws(
    () => create({ fetch: 1 }),
    /subject lru has no operation "fetch" \(workload.mix\): it has get, set, remove/,
  );
  assert.throws(() => create({ toString: 1 }), /no operation "toString"/);
  assert.throws(() => create({ get: 0 }), /no operation with a share above 0/);
  assert.throws(() => createSchedule('lru', { operations: {} }, {}, createRandom(1)), /has no operations/);
});
