import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { PerfkitError } from '../../src/model/errors.ts';
import { createRandom } from '../../src/measure/random.ts';
import { createRoundsInTurns } from '../../src/pairs/measure-in-turns.ts';
import type { TurnEntry } from '../../src/pairs/measure-in-turns.ts';
import { measureInProcess } from '../../src/pairs/measure-round.ts';
import type { MeasureRound } from '../../src/pairs/measure-round.ts';
import { driver, planFor } from '../bench/plan-for.ts';
import { armOf, roundOf } from './fake-rounds.ts';

const { signal } = new AbortController();
const pinned = (): Promise<boolean> => Promise.resolve(true);

function entriesOf(...labels: readonly string[]): TurnEntry[] {
  const extras = { usage: true, turns: true, slowdown: null, package: null };
  return labels.map((label) => ({
    arm: armOf(label),
    task: { subject: driver('noop'), concurrency: 1, round: 1, extras },
  }));
}

describe('createRoundsInTurns', () => {
  test('rounds take turns, and their results come in the order in which they were asked for', async () => {
    const order: string[] = [];
    const measure: MeasureRound = async ({ label }, _task, _signal, turns) => {
      turns?.ready();
      for (let turn = 0; turn < 3; turn++) {
        await turns?.take();
        order.push(label);
        await setImmediate();
        turns?.pass();
      }
      return roundOf(label === 'old' ? 1000 : 2000);
    };
    const { measure: together, notes } = createRoundsInTurns(measure, pinned);
    const results = await together(entriesOf('old', 'new'), signal);
    assert.deepEqual(
      results?.map(({ durationNs }) => durationNs),
      [3e6, 6e6],
    );
    assert.deepEqual(order, ['old', 'new', 'old', 'new', 'old', 'new']);
    assert.deepEqual(notes(), []);
  });

  test('one that cannot be measured ends the others, and is what is thrown', async () => {
    let aborted = false;
    const measure: MeasureRound = async ({ label }, _task, either) => {
      if (label === 'new') throw new PerfkitError('target', 'new: no such function');
      while (!either.aborted) await setImmediate();
      aborted = true;
      return null;
    };
    const { measure: together } = createRoundsInTurns(measure, pinned);
    await assert.rejects(together(entriesOf('old', 'new'), signal), /no such function/);
    assert.equal(aborted, true);
  });

  test('an abort gives nothing', async () => {
    const measure: MeasureRound = () => Promise.resolve(null);
    const { measure: together } = createRoundsInTurns(measure, pinned);
    assert.equal(await together(entriesOf('old', 'new'), AbortSignal.abort()), null);
  });

  test('where threads cannot be kept on a core it is tried once, and told', async () => {
    let tried = 0;
    const measure: MeasureRound = async (_arm, _task, _signal, turns) => {
      await turns?.pin(1);
      return roundOf(1000);
    };
    const { measure: together, notes } = createRoundsInTurns(measure, () => {
      tried++;
      return Promise.resolve(false);
    });
    await together(entriesOf('old'), signal);
    await together(entriesOf('old'), signal);
    assert.equal(tried, 1);
    assert.match(notes()[0] ?? '', /could not be kept on one core/);
  });

  test('real processes stand still while another has its turn, and none of that counts', async () => {
    const arm = {
      ...armOf('old'),
      plan: planFor([driver('noop')], { run: { isolate: 'process', forNs: 60e6 } }),
    };
    const entries = entriesOf('old', 'old', 'old').map(({ task }) => ({ arm, task }));
    const { measure: together } = createRoundsInTurns(measureInProcess(createRandom(1)));
    const results = await together(entries, signal);
    assert.equal(results?.length, 3);
    for (const { durationNs, usage } of results) {
      assert.ok(usage !== undefined && usage.operations > 0);
      // the time of the others is 120 ms and more
      assert.ok(durationNs >= 60e6, String(durationNs));
    }
  });

  test('an abort reaches processes that wait for their turn', async () => {
    const arm = {
      ...armOf('old'),
      plan: planFor([driver('noop')], { run: { isolate: 'process', forNs: 60e9 } }),
    };
    const entries = entriesOf('old', 'old').map(({ task }) => ({ arm, task }));
    const { measure: together } = createRoundsInTurns(measureInProcess(createRandom(1)));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1_500).unref();
    assert.equal(await together(entries, controller.signal), null);
  });
});
