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

/** Rounds of a second on a core by whose readings it was slower by these shares, one after the other; null: aborted. */
function roundsOn(slowness: readonly (number | null)[], waits = 0) {
  const asked: RoundTask[] = [];
  let ns = 0;
  const measure: MeasureRound = (_arm, one) => {
    const share = slowness[asked.length];
    asked.push(one);
    if (share === undefined || share === null) return Promise.resolve(null);
    const waitedNs = waits * (one.extras?.calmCore?.patienceNs ?? 0);
    ns += 1e9 + waitedNs;
    const core = { readings: 70, fastestNs: 10_000 + asked.length, meanNs: 10_000 * (1 + share), waitedNs };
    const round = roundOf(1_000 + asked.length);
    return Promise.resolve({ ...round, evidence: { ...round.evidence, core } });
  };
  const calm = createCalmRounds(measure, () => ns);
  const many = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) await calm.measure(arm, task, signal);
  };
  return { asked, calm, many, now: () => ns };
}

describe('createCalmRounds', () => {
  test('a calm round is measured once, and nothing is told of it', async () => {
    const { asked, calm, many } = roundsOn([0, 0.08, 0.01]);
    await many(3);
    assert.equal(asked.length, 3);
    assert.deepEqual(calm.notes(), []);
  });

  test('a round on a slowed core is measured once more, and the calm one is taken', async () => {
    const { asked, calm, many } = roundsOn([0, 0.4, 0.02]);
    await many(1);
    const taken = await calm.measure(arm, task, signal);
    assert.equal(asked.length, 3);
    assert.equal(taken?.evidence.core?.meanNs, 10_200);
    assert.deepEqual(calm.notes(), [
      'something else slowed the core during 1 of 2 rounds, which were measured once more',
    ]);
  });

  test('where both were slowed the calmer one is taken, and that is told', async () => {
    const { asked, calm, many } = roundsOn([0, 0.2, 0.4, 0]);
    await many(1);
    const taken = await calm.measure(arm, task, signal);
    assert.equal(asked.length, 3);
    assert.equal(taken?.evidence.core?.meanNs, 12_000);
    assert.match(calm.notes().join('; '), /during 1 of 2 rounds.*1 of the 2 rounds that count had/);
  });

  test('every round is told what a reading took at best before', async () => {
    const { asked, many } = roundsOn([0, 0, 0]);
    await many(3);
    assert.deepEqual(
      asked.map(({ extras }) => extras?.calmCore?.knownNs),
      [null, 10_001, 10_001],
    );
  });

  test('a core that has become slower for good is the usual one after 24 rounds', async () => {
    const { asked, many } = roundsOn([0, ...Array.from({ length: 100 }, () => 0.14)]);
    await many(20);
    // twelve rounds that are measured twice, after which the first one is forgotten
    assert.ok(asked.length < 36, String(asked.length));
  });

  test('a run waits at most as long as it measures, and 4 s at its start', async () => {
    const { asked, many, now } = roundsOn(
      Array.from({ length: 200 }, (_, round) => (round % 2 === 0 ? 0.3 : 0)),
      1,
    );
    await many(20);
    assert.deepEqual(
      asked.slice(0, 2).map(({ extras }) => extras?.calmCore?.patienceNs),
      [4e9, 1e9],
    );
    assert.ok(now() <= (2 * 20 + 4 + 1) * 1e9, String(now()));
  });

  test('a round without readings is taken as it is, an abort ends the tries', async () => {
    const plain = createCalmRounds(() => Promise.resolve(roundOf(1_000)));
    assert.equal((await plain.measure(arm, task, signal))?.durationNs, 3_000_000);
    const { calm, many } = roundsOn([0, 0.4, null]);
    await many(1);
    assert.equal(await calm.measure(arm, task, signal), null);
  });
});
