import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decidePaired } from '../../src/judge/paired/decide-paired.ts';
import { decides } from '../../src/judge/compare/gated-metrics.ts';
import { pairedDefaults } from '../../src/judge/paired/paired-settings.ts';
import { planLooks } from '../../src/judge/paired/plan-looks.ts';
import type { PairedRun } from '../../src/model/paired.ts';
import { createGate } from '../../src/pairs/create-gate.ts';
import { runPairs } from '../../src/pairs/run-pairs.ts';
import type { PairsOptions } from '../../src/pairs/run-pairs.ts';
import { armOf, environment, fakeRounds } from './fake-rounds.ts';

const arms = { base: armOf('old'), head: armOf('new'), notes: ['left out: x'] };

function options(changes: Partial<PairsOptions> = {}): PairsOptions {
  let ns = 0;
  return {
    settings: pairedDefaults,
    looks: planLooks(40),
    gate: createGate({ decides, gates: null }),
    decide: decidePaired,
    signal: new AbortController().signal,
    environment,
    now: () => (ns += 1e6),
    date: new Date('2026-01-01T00:00:00Z'),
    ...changes,
  };
}

describe('runPairs', () => {
  test('stops at the first look when the head is slower, and says so', async () => {
    const { measure, asked } = fakeRounds((arm) => (arm === 'new' ? 1300 : 1000));
    const run = await runPairs(arms, options({ measure }));
    assert.equal(run.decision?.outcome, 'fail');
    assert.equal(run.pairs.length, 10);
    assert.equal(run.control.length, 5);
    assert.equal(run.complete, true);
    assert.equal(asked.filter(({ arm }) => arm === 'new').length, 10);
    assert.equal(asked.filter(({ arm }) => arm === 'old').length, 20);
    assert.deepEqual(run.validity.notes, ['left out: x']);
  });

  test('goes on to the next look while nothing is decided, and tells each', async () => {
    const { measure } = fakeRounds(() => 1000);
    const looked: PairedRun[] = [];
    const undecided: PairsOptions['decide'] = (run, look) => ({
      ...decidePaired(run, look),
      outcome: 'inconclusive',
    });
    const run = await runPairs(
      arms,
      options({ measure, decide: undecided, looked: (one) => void looked.push(one) }),
    );
    assert.deepEqual(
      looked.map(({ pairs }) => pairs.length),
      [10, 20],
    );
    assert.ok(looked.every(({ complete }) => !complete));
    assert.equal(run.pairs.length, 40);
    assert.equal(run.control.length, 20);
    assert.equal(run.decision?.look, 2);
    assert.equal(run.complete, true);
  });

  test('passes when nothing has changed', async () => {
    const { measure } = fakeRounds(() => 1000);
    const run = await runPairs(arms, options({ measure }));
    assert.equal(run.decision?.outcome, 'pass');
  });

  test('both sides of a pair get the same round, one after the other, in the order that the slot says', async () => {
    const { measure, asked } = fakeRounds(() => 1000);
    const run = await runPairs(arms, options({ measure }));
    for (const [index, { order }] of run.pairs.entries()) {
      const own = asked.filter(({ task }) => task.round === index + 1);
      const expected = order === 'base first' ? ['old', 'new'] : ['new', 'old'];
      assert.deepEqual(
        own.map(({ arm }) => arm),
        expected,
      );
      const places = own.map((one) => asked.indexOf(one));
      assert.equal(places[1], (places[0] ?? 0) + 1);
    }
    assert.ok(asked.every(({ task }) => task.extras?.usage === true && task.extras.slowdown === null));
  });

  test('an abort keeps whole slots only and is told as incomplete', async () => {
    const controller = new AbortController();
    const { measure, asked } = fakeRounds(() => 1000);
    const run = await runPairs(
      arms,
      options({
        signal: controller.signal,
        measure: async (arm, task, signal) => {
          const result = await measure(arm, task, signal);
          if (asked.length > 10) controller.abort();
          return result;
        },
      }),
    );
    assert.equal(run.complete, false);
    assert.equal(run.decision, null);
    assert.deepEqual([run.pairs.length, run.control.length], [4, 1]);
    for (const { base, head } of run.series) assert.deepEqual([base.length, head.length], [4, 4]);
  });

  test('what an operation uses is a series, what says nothing after a short process is none', async () => {
    const { measure } = fakeRounds(() => 1000);
    const run = await runPairs(arms, options({ measure }));
    const rows = run.series.map(({ metric, statistic, gated }) => `${metric} ${statistic} ${gated}`);
    assert.deepEqual(rows, [
      'op_duration p50 true',
      'op_duration p95 true',
      'op_duration p99 true',
      'throughput rate true',
      'errors rate true',
      'allocated_per_operation value true',
      'collections_per_million value false',
      'gc_per_operation value false',
      'cpu_per_operation value false',
    ]);
    const allocated = run.series.find(({ metric }) => metric === 'allocated_per_operation');
    assert.equal(allocated?.base[0], 32);
  });

  test('tells how far it is, and that at most so much is left', async () => {
    const { measure } = fakeRounds(() => 1000);
    const steps: number[] = [];
    const left: number[] = [];
    await runPairs(
      arms,
      options({ measure, progress: ({ done, leftNs }) => void (steps.push(done), left.push(leftNs)) }),
    );
    assert.equal(steps[0], 0);
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    );
    assert.ok(left.every((one) => one > 0 && Number.isFinite(one)));
  });
});
