import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PerfkitError } from '../../../src/model/errors.ts';
import { createCollector } from '../../../src/run/collector.ts';
import { runVariants } from '../../../src/run/variants/run-variants.ts';
import { encode, interval } from '../../helpers/results.ts';
import { variantPlan } from './variant-plans.ts';
import type { Engine, EngineContext, EngineOutcome, Progress } from '../../../src/model/engine.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { LoadPlan } from '../../../src/model/plan.ts';

const valid: EngineOutcome = { complete: true, validity: { state: 'valid', reasons: [] } };

interface Ran {
  readonly outcome: EngineOutcome;
  readonly intervals: readonly Interval[];
  readonly plans: readonly LoadPlan[];
  readonly progress: readonly Progress[];
}

/** A load of two seconds, one second after it was started (at once where the first interval comes late); the time is the test's own. */
async function run(
  plan: LoadPlan,
  load: (call: number, plan: LoadPlan) => EngineOutcome = () => valid,
  signal = new AbortController().signal,
  firstIsLateByNs = 0,
): Promise<Ran> {
  let nowNs = 0;
  const intervals: Interval[] = [];
  const plans: LoadPlan[] = [];
  const progress: Progress[] = [];
  const context: EngineContext = {
    sink: (one) => intervals.push(one),
    progress: (one) => progress.push(one),
    signal,
  };
  const engine: Engine<LoadPlan> = async (own, { sink, progress: tell }) => {
    plans.push(own);
    nowNs += firstIsLateByNs === 0 ? 1e9 : 0;
    tell({ done: 0.5, label: 'steady' });
    for (const second of [0, 1]) {
      const lateByNs = plans.length === 1 ? firstIsLateByNs : 0;
      nowNs += 1e9 + (second === 0 ? lateByNs : -lateByNs);
      const slice = {
        metric: 'response_time',
        tags: { name: 'a' },
        data: encode([1e6]),
        censored: encode([]),
      };
      sink(interval({ startNs: second * 1e9, tags: { phase: 'steady' }, histograms: [slice] }));
    }
    return load(plans.length, own);
  };
  const outcome = await runVariants(plan, plan.subjects ?? [], engine, context, () => nowNs);
  return { outcome, intervals, plans, progress };
}

test('intervals follow one another in time, from when the load of each began, and say subject and round', async () => {
  const { intervals, outcome } = await run(variantPlan(['on', 'off']));
  assert.deepEqual(
    intervals.map(({ startNs }) => startNs / 1e9),
    [1, 2, 4, 5, 7, 8, 10, 11],
  );
  assert.deepEqual(
    intervals.map(({ tags }) => tags['round']),
    ['1', '1', '1', '1', '2', '2', '2', '2'],
  );
  assert.equal(intervals.filter(({ tags }) => tags['subject'] === 'on').length, 4);
  assert.deepEqual(outcome, valid);
});

test('intervals of two segments do not overlap where the first one of the run came late', async () => {
  const { intervals } = await run(variantPlan(['on', 'off']), undefined, undefined, 0.9e9);
  const starts = intervals.map(({ startNs }) => startNs / 1e9);
  for (const [index, start] of starts.entries())
    if (index > 0) assert.ok(start >= (starts[index - 1] ?? 0) + 1 - 1e-6, starts.join(' '));
});

test('histograms of the rounds add up to one series of each subject', async () => {
  const plan = variantPlan(['on', 'off']);
  const collector = createCollector(plan.metrics);
  for (const one of (await run(plan)).intervals) collector.add(one);
  const { series } = collector.finish();
  collector.destroy();
  const told = series.map(({ tags, count }) => `${tags['subject']} ${tags['round']} ${count}`);
  assert.deepEqual(new Set(told), new Set(['off undefined 4', 'on undefined 4']));
});

test('a segment is a plan of one server, with its own target and process', async () => {
  const plan = variantPlan(['a'], { rounds: 1, server: { everyNs: 1e9, scrape: null, process: 'builtin' } });
  const target = { origin: 'http://127.0.0.1:2', builtin: null, allow: [] };
  const { plans } = await run({ ...plan, subjects: [{ name: 'a', target, process: 42 }] });
  assert.deepEqual(
    plans.map(({ subjects, rounds, reference }) => [subjects, rounds, reference]),
    [[undefined, undefined, undefined]],
  );
  assert.deepEqual(plans[0]?.target, target);
  assert.equal(plans[0]?.server?.process, 42);
});

test('progress is that of all segments', async () => {
  const { progress } = await run(variantPlan(['a']));
  assert.deepEqual(progress, [
    { done: 0.25, label: 'a round 1/2, steady' },
    { done: 0.75, label: 'a round 2/2, steady' },
    { done: 1, label: 'done' },
  ]);
});

test('a subject that fails first ends the run with its name and the reason', async () => {
  const fails = (): never => {
    throw new PerfkitError('target', 'connection refused');
  };
  await assert.rejects(run(variantPlan(['a']), fails), {
    name: 'PerfkitError',
    code: 'target',
    message: 'subject a: connection refused',
  });
});

test('a subject that fails later makes the run invalid, and what was measured before is kept', async () => {
  const load = (call: number): EngineOutcome => {
    if (call === 3) throw new PerfkitError('target', 'connection refused');
    return valid;
  };
  const { outcome, intervals, plans } = await run(variantPlan(['a', 'b']), load);
  assert.equal(outcome.complete, false);
  assert.equal(outcome.validity.state, 'invalid');
  assert.match(outcome.validity.reasons.join(), /^[ab] round 2: connection refused$/);
  assert.deepEqual([intervals.length, plans.length], [6, 3]);
});

test('a defect stays loud', async () => {
  const load = (): never => {
    throw new TypeError('oh');
  };
  await assert.rejects(run(variantPlan(['a', 'b']), load), TypeError);
});

test('nothing more is started after an interrupt', async () => {
  const controller = new AbortController();
  const load = (): EngineOutcome => {
    controller.abort();
    return { ...valid, complete: false };
  };
  const { outcome, plans } = await run(variantPlan(['a', 'b']), load, controller.signal);
  assert.deepEqual([outcome.complete, plans.length], [false, 1]);
  const before = await run(variantPlan(['a']), undefined, AbortSignal.abort());
  assert.deepEqual([before.outcome.complete, before.plans.length], [false, 0]);
});

test('the slowest operations of all segments are told on the time of the run', async () => {
  const slow = (endNs: number): NonNullable<EngineOutcome['slowest']>[number] => ({
    phase: 'steady',
    name: 'a',
    dueNs: 0,
    sentNs: null,
    firstByteNs: null,
    endNs,
    openNs: null,
    tlsNs: null,
    generatorDelayNs: 0,
  });
  const { outcome } = await run(variantPlan(['a']), (call) => ({ ...valid, slowest: [slow(call)] }));
  assert.deepEqual(
    outcome.slowest?.map(({ subject, dueNs, sentNs, endNs }) => [subject, dueNs, sentNs, endNs]),
    [
      ['a', 4e9, null, 4e9 + 2],
      ['a', 1e9, null, 1e9 + 1],
    ],
  );
});
