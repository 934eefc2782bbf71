import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decides } from '../../../src/judge/compare/gated-metrics.ts';
import { decidePaired } from '../../../src/judge/paired/decide-paired.ts';
import { pairedDefaults } from '../../../src/judge/paired/paired-settings.ts';
import { planLooks } from '../../../src/judge/paired/plan-looks.ts';
import { binomialCdf } from '../../../src/measure/statistics/beta.ts';
import { createGate } from '../../../src/pairs/create-gate.ts';
import { binomialInterval } from '../../../src/pairs/self-test/binomial-interval.ts';
import { runBout } from '../../../src/pairs/self-test/run-bout.ts';
import type { BoutOptions } from '../../../src/pairs/self-test/run-bout.ts';
import { runSelfTest } from '../../../src/pairs/self-test/run-self-test.ts';
import { openSelfTestLog } from '../../../src/pairs/self-test/self-test-log.ts';
import { selfTestText } from '../../../src/pairs/self-test/self-test-text.ts';
import type { SelfTestRecord } from '../../../src/pairs/self-test/self-test-record.ts';
import { driver, planFor } from '../../bench/plan-for.ts';
import { armOf, environment, fakeRounds } from '../fake-rounds.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const slowed = fakeRounds((_, task) => 1000 * (1 + (task.extras?.slowdown ?? 0)));
const common = {
  settings: pairedDefaults,
  looks: planLooks(20),
  gate: createGate({ decides, gates: null }),
  decide: decidePaired,
  signal: new AbortController().signal,
};

function boutOptions(changes: Partial<BoutOptions> = {}): BoutOptions {
  let ns = 0;
  return { ...common, environment, now: () => (ns += 1e6), measure: slowed.measure, ...changes };
}

async function all(records: AsyncIterable<SelfTestRecord>): Promise<SelfTestRecord[]> {
  const found: SelfTestRecord[] = [];
  for await (const record of records) found.push(record);
  return found;
}

describe('runBout', () => {
  const bout = { number: 3, arm: armOf('base'), injections: [0, 0.05, 0.1] };

  test('passes what was not slowed down, fails what was, and tells how much it saw', async () => {
    const records = await all(runBout(bout, boutOptions()));
    const outcomes = records.map(({ injected, outcome }) => [injected, outcome]);
    assert.deepEqual(
      outcomes.toSorted(([a = 0], [b = 0]) => Number(a) - Number(b)),
      [
        [0, 'pass'],
        [0.05, 'fail'],
        [0.1, 'fail'],
      ],
    );
    for (const { injected, seen } of records)
      assert.ok(Math.abs((seen ?? NaN) - injected) < 0.015, `${injected} was seen as ${seen}`);
  });

  test('each comparison has a pair a slot, all share the controls, and one that is decided takes no more processes', async () => {
    const { measure, asked } = fakeRounds((_, task) => 1000 * (1 + (task.extras?.slowdown ?? 0)));
    const decide: BoutOptions['decide'] = (run, look) => {
      const decision = decidePaired(run, look);
      return look === 0 && decision.outcome === 'pass' ? { ...decision, outcome: 'inconclusive' } : decision;
    };
    await all(runBout(bout, boutOptions({ measure, decide })));
    const inSlot = (slot: number): number[] =>
      asked
        .filter(({ task }) => task.round === 3000 + slot)
        .map(({ task }) => task.extras?.slowdown ?? NaN)
        .toSorted((a, b) => a - b);
    assert.deepEqual(inSlot(1), [0, 0, 0, 0, 0.05, 0.1]);
    assert.deepEqual(inSlot(2), [0, 0, 0, 0, 0, 0, 0.05, 0.1]);
    assert.deepEqual(inSlot(11), [0, 0]);
    assert.deepEqual(inSlot(20), [0, 0, 0, 0]);
    assert.deepEqual(inSlot(21), []);
  });

  test('an abort ends it without a record', async () => {
    const controller = new AbortController();
    const { measure, asked } = fakeRounds(() => 1000);
    const records = await all(
      runBout(
        bout,
        boutOptions({
          signal: controller.signal,
          measure: (...args) => {
            if (asked.length > 20) controller.abort();
            return measure(...args);
          },
        }),
      ),
    );
    assert.deepEqual(records, []);
  });
});

describe('runSelfTest', () => {
  const plans = ['one', 'two'].map((name) => {
    const plan = planFor([driver('noop')]);
    return { ...plan, scenario: { ...plan.scenario, name } };
  });

  test('goes through the scenarios in turn, and counts what failed', async () => {
    const result = await runSelfTest(plans, {
      ...common,
      measure: slowed.measure,
      comparisons: 4,
      perBout: 1,
      injected: 4,
      done: [],
      ended: () => undefined,
    });
    assert.deepEqual(
      result.rates.map(({ failed }) => failed),
      [0, 1, 1],
    );
    assert.deepEqual(
      result.byScenario.map(({ rates }) => rates[0]?.comparisons),
      [2, 2],
    );
    assert.equal(result.tooManyFalseAlarms, false);
    const text = selfTestText(result);
    assert.match(text, /nothing +4 +0% +0% to 60\.2% +4 /);
    assert.match(text, /\+10% +4 +100% +39\.8% to 100% /);
    assert.match(text, /they are not independent of each other/);
  });

  test('the first so many comparisons come with slow-downs, the others with themselves alone', async () => {
    const result = await runSelfTest(plans, {
      ...common,
      measure: slowed.measure,
      comparisons: 4,
      perBout: 1,
      injected: 2,
      done: [],
      ended: () => undefined,
    });
    assert.deepEqual(
      result.rates.map(({ comparisons }) => comparisons),
      [4, 2, 2],
    );
  });

  test('comparisons of a bout take one control every second slot for all of them', async () => {
    const { measure, asked } = fakeRounds((_, task) => 1000 * (1 + (task.extras?.slowdown ?? 0)));
    const result = await runSelfTest(plans, {
      ...common,
      measure,
      comparisons: 7,
      perBout: 4,
      injected: 1,
      done: [],
      ended: () => undefined,
    });
    assert.deepEqual(
      result.records.map(({ bout, injected }) => [bout, injected]),
      [0, 0, 0, 0, 0.05, 0.1]
        .map((injected) => [0, injected])
        .concat([0, 0, 0].map((injected) => [1, injected])),
    );
    // ten slots a bout: a pair for each comparison, and five controls, which are pairs, too
    assert.ok(result.records.every(({ pairs }) => pairs === 10));
    assert.equal(asked.length, 10 * 2 * 6 + 5 * 2 + 10 * 2 * 3 + 5 * 2);
  });

  test('of the comparisons of a bout only the missing ones are made up for', async () => {
    const folder = temporaryFolder();
    const log = await openSelfTestLog(folder, plans, common);
    const size = { comparisons: 3, perBout: 3, injected: 0 };
    const whole = { ...common, ...size, measure: slowed.measure, done: log.done, ended: log.add };
    await runSelfTest(plans, { ...whole, comparisons: 2 });
    const { done } = await openSelfTestLog(folder, plans, common);
    assert.equal(done.length, 2);
    const { measure, asked } = fakeRounds(() => 1000);
    const result = await runSelfTest(plans, { ...whole, measure, done });
    assert.equal(result.records.length, 3);
    assert.equal(asked.length, 10 * 2 + 5 * 2);
  });

  test('more false alarms than chance allows make the machine unfit', async () => {
    const { measure } = fakeRounds(() => 1000);
    const decide: BoutOptions['decide'] = (run, look) => ({ ...decidePaired(run, look), outcome: 'fail' });
    const result = await runSelfTest(plans, {
      ...common,
      measure,
      decide,
      comparisons: 3,
      perBout: 1,
      injected: 3,
      done: [],
      ended: () => undefined,
    });
    assert.equal(result.tooManyFalseAlarms, true);
    assert.match(selfTestText(result), /not fit to gate on/);
  });

  test('an interrupted self-test goes on with what is missing, and only that', async () => {
    const folder = temporaryFolder();
    const first = await openSelfTestLog(folder, plans, common);
    const whole = { ...common, measure: slowed.measure, comparisons: 2, perBout: 1, injected: 2 };
    await runSelfTest(plans, { ...whole, comparisons: 1, injected: 1, done: first.done, ended: first.add });
    const lines = readFileSync(join(folder, 'comparisons.jsonl'), 'utf8');
    assert.equal(lines.trim().split('\n').length, 4);
    appendFileSync(join(folder, 'comparisons.jsonl'), '{"scenario":"one","bout":1,"inj');
    const second = await openSelfTestLog(folder, plans, common);
    assert.equal(second.done.length, 3);
    const { measure, asked } = fakeRounds((_, task) => 1000 * (1 + (task.extras?.slowdown ?? 0)));
    const result = await runSelfTest(plans, { ...whole, measure, done: second.done, ended: second.add });
    assert.equal(result.records.length, 6);
    assert.ok(asked.every(({ task }) => task.round > 1000));
    assert.equal((await openSelfTestLog(folder, plans, common)).done.length, 6);
  });

  test('refuses the log of other settings', async () => {
    const folder = temporaryFolder();
    await openSelfTestLog(folder, plans, common);
    await assert.rejects(openSelfTestLog(folder, plans, { ...common, looks: planLooks(10) }), {
      code: 'usage',
      message: /other scenarios, times or settings/,
    });
  });
});

describe('binomialInterval', () => {
  test('gives the limits of Clopper and Pearson', () => {
    const round = (values: readonly number[]): number[] =>
      values.map((value) => Math.round(value * 1e4) / 1e4);
    // 0 of n: 1 - 0.025^(1/n)
    assert.deepEqual(round(binomialInterval(0, 200)), [0, 0.0183]);
    assert.deepEqual(round(binomialInterval(10, 10)), [0.6915, 1]);
    assert.deepEqual(round(binomialInterval(5, 10)), [0.1871, 0.8129]);
    assert.deepEqual(binomialInterval(0, 0), [0, 1]);
  });

  test('leaves the wanted probability outside', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, share) => {
          const hits = Math.round(share * trials);
          const [low, high] = binomialInterval(hits, trials);
          assert.ok(low <= hits / trials && hits / trials <= high);
          if (hits > 0) assert.ok(Math.abs(1 - binomialCdf(hits - 1, trials, low) - 0.025) < 1e-6);
          if (hits < trials) assert.ok(Math.abs(binomialCdf(hits, trials, high) - 0.025) < 1e-6);
        },
      ),
      { numRuns: 100 },
    );
  });
});
