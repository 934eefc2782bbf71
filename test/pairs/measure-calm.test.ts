import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoundTask } from '../../src/bench/rounds/round-result.ts';
import { createCalmRounds } from '../../src/pairs/measure-calm.ts';
import type { MeasureRound } from '../../src/pairs/measure-round.ts';
import { driver } from '../bench/plan-for.ts';
import { armOf, roundOf } from './fake-rounds.ts';

const arm = armOf('old');
const { signal } = new AbortController();
const task: RoundTask = {
  subject: driver('noop'),
  concurrency: 1,
  round: 1,
  extras: { usage: true, slowdown: null, package: null },
};

/** Rounds on a core by whose readings it was slower by these shares, one after the other; null: aborted. */
function roundsOn(slowness: readonly (number | null)[]) {
  const asked: RoundTask[] = [];
  const measure: MeasureRound = (_arm, one) => {
    const share = slowness[asked.length];
    asked.push(one);
    if (share === undefined || share === null) return Promise.resolve(null);
    const core = { readings: 70, fastestNs: 10_000 + asked.length, meanNs: 10_000 * (1 + share) };
    return Promise.resolve({ ...roundOf(1_000 + asked.length), core });
  };
  return { asked, measure };
}

describe('createCalmRounds', () => {
  test('a calm round is measured once, and nothing is told of it', async () => {
    const { asked, measure } = roundsOn([0, 0.08, 0.01]);
    const calm = createCalmRounds(measure);
    for (let round = 0; round < 3; round++) await calm.measure(arm, task, signal);
    assert.equal(asked.length, 3);
    assert.deepEqual(calm.notes(), []);
  });

  test('a round on a slowed core is measured once more, and the calm one is taken', async () => {
    const { asked, measure } = roundsOn([0, 0.4, 0.02]);
    const calm = createCalmRounds(measure);
    await calm.measure(arm, task, signal);
    const taken = await calm.measure(arm, task, signal);
    assert.equal(asked.length, 3);
    assert.equal(taken?.core?.meanNs, 10_200);
    assert.deepEqual(calm.notes(), [
      'something else slowed the core during 1 of 3 rounds, which were measured again',
    ]);
  });

  test('where both were slowed the calmer one is taken, and that is told', async () => {
    const { asked, measure } = roundsOn([0, 0.2, 0.4, 0]);
    const calm = createCalmRounds(measure);
    await calm.measure(arm, task, signal);
    const taken = await calm.measure(arm, task, signal);
    assert.equal(asked.length, 3);
    assert.equal(taken?.core?.meanNs, 12_000);
    assert.match(calm.notes().join('; '), /during 1 of 3 rounds.*1 of the 2 rounds that count had/);
  });

  test('every round is told what a reading took at best before', async () => {
    const { asked, measure } = roundsOn([0, 0, 0]);
    const calm = createCalmRounds(measure);
    for (let round = 0; round < 3; round++) await calm.measure(arm, task, signal);
    assert.deepEqual(
      asked.map(({ extras }) => extras?.calmCore?.knownNs),
      [null, 10_001, 10_001],
    );
  });

  test('a core that has become slower for good is the usual one after 24 rounds', async () => {
    const { asked, measure } = roundsOn([0, ...Array.from({ length: 100 }, () => 0.14)]);
    const calm = createCalmRounds(measure);
    for (let round = 0; round < 20; round++) await calm.measure(arm, task, signal);
    // twelve rounds of two tries, after which the first one is forgotten
    assert.ok(asked.length < 36, String(asked.length));
  });

  test('where no round is calm any more each is measured once and waits for nothing, until the core is calm again', async () => {
    const noise = Array.from({ length: 60 }, (_, round) => (round % 2 === 0 ? 0.3 : 0.7));
    const { asked, measure } = roundsOn([0, ...noise, ...Array.from({ length: 100 }, () => 0)]);
    const calm = createCalmRounds(measure);
    const patience = async (): Promise<(number | undefined)[]> => {
      const before = asked.length;
      await calm.measure(arm, task, signal);
      return asked.slice(before).map(({ extras }) => extras?.calmCore?.patienceNs);
    };
    for (let round = 0; round < 10; round++) await patience();
    assert.deepEqual(await patience(), [0]);
    while (asked.length < 61) await patience();
    for (let round = 0; round < 24; round++) await patience();
    assert.deepEqual(await patience(), [4e9]);
  });

  test('a round without readings is taken as it is, an abort ends the tries', async () => {
    const plain = createCalmRounds(() => Promise.resolve(roundOf(1_000)));
    assert.equal((await plain.measure(arm, task, signal))?.durationNs, 3_000_000);
    const { measure } = roundsOn([0, 0.4, null]);
    const calm = createCalmRounds(measure);
    await calm.measure(arm, task, signal);
    assert.equal(await calm.measure(arm, task, signal), null);
  });
});
