import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { PerfkitError } from '../../../src/model/errors.ts';
import { capacityJsonSchema, parseCapacity } from '../../../src/run/capacity/capacity-schema.ts';
import { runCapacity } from '../../../src/run/capacity/capacity.ts';
import { searchSettings } from '../../../src/run/capacity/search-settings.ts';
import { flow, phase, step } from '../../load/plans.ts';
import { target } from '../../helpers/results.ts';
import { capacityPlan, measureWith, rateOf } from './simulated-server.ts';
import type { CapacityResult } from '../../../src/model/capacity.ts';
import type { LoadPlan } from '../../../src/model/plan.ts';
import type { CapacityContext } from '../../../src/run/capacity/capacity.ts';
import type { SearchSettings } from '../../../src/run/capacity/search-settings.ts';
import type { SimulatedServer } from './simulated-server.ts';

interface Searched {
  readonly result: CapacityResult;
  readonly plans: readonly LoadPlan[];
  readonly pauses: readonly number[];
}

async function search(
  server: SimulatedServer,
  settings: SearchSettings = {},
  { plan = capacityPlan(), ...context }: Partial<CapacityContext> & { plan?: LoadPlan } = {},
): Promise<Searched> {
  const plans: LoadPlan[] = [];
  const pauses: number[] = [];
  const result = await runCapacity(
    plan,
    { search: searchSettings(plan, settings), connections: null },
    {
      signal: new AbortController().signal,
      measure: measureWith(server, plans),
      wait: (ns, signal) => {
        pauses.push(ns);
        return signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve();
      },
      ...context,
    },
  );
  return { result, plans, pauses };
}

const knee =
  (perSecond: number): SimulatedServer =>
  (rate) => ({ latencyNs: rate < perSecond ? 5e6 : 900e6 });

describe('a capacity search', () => {
  test('finds the knee to within the precision and says what gives way above it', async () => {
    const { result } = await search(knee(1234), { precision: 0.02 });
    assert.equal(result.outcome, 'found');
    const capacity = result.capacityPerSecond ?? 0;
    assert.ok(capacity < 1234 && 1234 <= capacity * 1.02, `${capacity}`);
    assert.equal(result.atMaximum, false);
    assert.match(
      result.reasons.join('\n'),
      /also for a soak of 30\.0s\nat 1\.?2\d+k?\/s: target failed: response_time p99/,
    );
    const rates = result.curve.map(({ ratePerSecond }) => ratePerSecond);
    assert.deepEqual(
      rates,
      rates.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(rates).size, rates.length);
  });

  test('never goes beyond the maximum, and says that the server may do more', async () => {
    const { result, plans } = await search(knee(Infinity), { maxPerSecond: 1500 });
    assert.equal(Math.max(...plans.map(rateOf)), 1500);
    assert.deepEqual([result.outcome, result.capacityPerSecond, result.atMaximum], ['found', 1500, true]);
    assert.match(result.reasons[0] ?? '', /the highest rate that was to be tried \(--max\)/);
  });

  test('says when the targets fail at the lowest rate already', async () => {
    const { result } = await search(knee(0));
    assert.equal(result.outcome, 'too slow');
    assert.equal(result.capacityPerSecond, null);
    assert.match(result.reasons.join('\n'), /fail at 100\/s already: start lower with --from\ntarget failed/);
    assert.deepEqual(
      result.steps.map(({ attempt }) => attempt),
      [1, 2],
    );
  });

  test('says when the generator, not the server, was the limit', async () => {
    const validity = { state: 'invalid', reasons: ['it was late'], limit: 'generator' } as const;
    const { result } = await search((rate) => ({ latencyNs: 1e6, ...(rate > 500 && { validity }) }));
    assert.equal(result.outcome, 'generator');
    assert.equal(result.capacityPerSecond, 400);
    assert.deepEqual(result.reasons, [
      'the generator, not the server, was the limit at 800/s',
      'it was late',
      'the targets held up to 400/s',
    ]);
  });

  test('takes a failing step of a suspect generator for no evidence, and a passing one for what it is', async () => {
    const validity = { state: 'suspect', reasons: ['late'], limit: 'generator' } as const;
    const { result } = await search((rate) => ({ ...knee(500)(rate, capacityPlan()), validity }));
    assert.equal(result.outcome, 'generator');
    assert.equal(result.capacityPerSecond, 400);
    const dropped = { state: 'suspect', reasons: ['dropped arrivals'] } as const;
    const behind = await search((rate) => ({ ...knee(500)(rate, capacityPlan()), validity: dropped }));
    assert.equal(behind.result.outcome, 'found');
  });

  test('a server that answers too late fails a step, however fast its replies look', async () => {
    const { result } = await search((rate) => ({ latencyNs: 1e6, answered: Math.min(1, 700 / rate) }));
    assert.equal(result.outcome, 'found');
    const capacity = result.capacityPerSecond ?? 0;
    assert.ok(capacity <= 700 / 0.93 && capacity >= 650, `${capacity}`);
    const failed = result.steps.find(({ outcome }) => outcome === 'fail');
    assert.match(failed?.reasons.join() ?? '', /only [\d.]+% of the requests were answered/);
  });

  test('errors above 1 % fail a step of a scenario that says nothing of errors', async () => {
    const { result } = await search((rate) => ({ latencyNs: 1e6, errorRate: rate > 300 ? 0.02 : 0.005 }));
    assert.ok((result.capacityPerSecond ?? 0) <= 300 && (result.capacityPerSecond ?? 0) > 280);
    assert.deepEqual(
      result.targets.map(({ expr, fromScenario }) => [expr, fromScenario]),
      [
        ['response_time p99 < 100ms', false],
        ['errors rate < 1%', false],
      ],
    );
  });

  test('a step that perfkit itself stopped is one that fails', async () => {
    const { result } = await search((rate) => ({
      latencyNs: 1e6,
      ...(rate > 300 && { aborted: 'aborted after 12s: everything failed' }),
    }));
    assert.equal(result.outcome, 'found');
    assert.ok((result.capacityPerSecond ?? 0) <= 300);
  });

  test('pauses between steps and not after the last', async () => {
    const { result, pauses } = await search(knee(1000), { pauseNs: 7e9 });
    assert.equal(pauses.length, result.steps.length - 1);
    assert.ok(pauses.every((ns) => ns === 7e9));
  });

  test('an interrupt keeps the steps that were run to their end', async () => {
    const stop = new AbortController();
    const server: SimulatedServer = (rate) => {
      if (rate === 400) stop.abort();
      return { latencyNs: 1e6 };
    };
    const { result } = await search(server, {}, { signal: stop.signal });
    assert.equal(result.outcome, 'interrupted');
    assert.deepEqual(
      result.steps.map(({ ratePerSecond }) => ratePerSecond),
      [100, 200, 400],
    );
    assert.equal(result.capacityPerSecond, 400);
    assert.match(result.reasons.join(), /interrupted after 3 steps,the targets held up to 400\/s/);
  });

  test('the threads of a plan share each step, and each has a connection', async () => {
    const plan = capacityPlan({ workers: 12 });
    const { plans } = await search(knee(150), {}, { plan });
    assert.deepEqual([...new Set(plans.map(({ workers }) => workers))], [12]);
    for (const one of plans) assert.ok(one.phases.every(({ connections }) => connections >= 12));
    const few = runCapacity(
      plan,
      { search: searchSettings(plan), connections: 11 },
      { signal: new AbortController().signal, measure: measureWith(knee(150)) },
    );
    await assert.rejects(few, /at least one connection for each of the 12 workers, got 11/);
  });

  test('a name that is driven above the cap has to lead to this machine', async () => {
    const at = async (origin: string, maxPerSecond: number): Promise<unknown> => {
      const loaded = { origin, builtin: null, allow: [] };
      const { plans } = await search(knee(150), { maxPerSecond }, { plan: capacityPlan({ target: loaded }) });
      return plans[0]?.target.loopbackOnly;
    };
    assert.equal(await at('http://localhost:1', 10_001), true);
    assert.equal(await at('http://localhost:1', 10_000), undefined);
    assert.equal(await at('http://127.0.0.1:1', 100_000), undefined);
  });

  test('an interrupt before the first step leaves an empty table', async () => {
    const { result } = await search(knee(1), {}, { signal: AbortSignal.abort() });
    assert.deepEqual([result.outcome, result.steps, result.capacityPerSecond], ['interrupted', [], null]);
  });

  test('a server that is gone after it has served did not hold the rate; one that never was is an error', async () => {
    const gone: SimulatedServer = (rate) => {
      if (rate > 500) throw new PerfkitError('target', 'cannot connect to 127.0.0.1:1');
      return { latencyNs: 1e6 };
    };
    const { result } = await search(gone);
    assert.equal(result.outcome, 'found');
    assert.ok((result.capacityPerSecond ?? 0) <= 500);
    assert.ok(
      result.steps.some(
        ({ latency, reasons }) => latency === null && /cannot connect/.test(reasons[0] ?? ''),
      ),
    );
    await assert.rejects(
      search(() => {
        throw new PerfkitError('target', 'cannot connect');
      }),
      /cannot connect/,
    );
  });

  test('the document holds against the published schema, whatever the server does', async () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../../schema/capacity-v1.json', import.meta.url), 'utf8'),
    );
    assert.deepEqual(published, JSON.parse(JSON.stringify(capacityJsonSchema())));
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
      published as object,
    );
    const servers = fc.record({
      knee: fc.double({ min: 1, max: 1e5, noNaN: true }),
      limit: fc.double({ min: 1, max: 1e5, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(servers, async ({ knee: at, limit }) => {
        const validity = { state: 'invalid', reasons: ['late'], limit: 'generator' } as const;
        const { result } = await search(
          (rate) => ({ latencyNs: rate < at ? 1e6 : 1e9, ...(rate > limit && { validity }) }),
          { precision: 0.3 },
        );
        const document: unknown = JSON.parse(JSON.stringify(result));
        assert.equal(validate(document), true, JSON.stringify(validate.errors));
        assert.deepEqual(parseCapacity(document, 'x'), document);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a step of a capacity search', () => {
  test('is a warm-up and a measured phase at one rate, with the flows of the scenario', async () => {
    const plan = capacityPlan({
      phases: [
        phase({ name: 'cold', measured: false }),
        phase({
          name: 'steady',
          arrivals: { model: 'open', ratePerSecond: 5, spacing: 'poisson' },
          connections: 30,
          maxRequests: 7,
        }),
      ],
      flows: [flow([step({ name: 'a' }), step({ name: 'b' })])],
    });
    const { plans, result } = await search(knee(300), { stepNs: 10e9 }, { plan });
    const [first] = plans;
    assert.deepEqual(
      first?.phases.map(({ name, forNs, measured, arrivals, maxRequests, connections }) => ({
        name,
        forNs,
        measured,
        arrivals,
        maxRequests,
        connections,
      })),
      [['warmup', 2e9, false] as const, ['step', 10e9, true] as const].map(([name, forNs, measured]) => ({
        name,
        forNs,
        measured,
        arrivals: { model: 'open', ratePerSecond: 100, spacing: 'poisson' },
        maxRequests: null,
        connections: 30,
      })),
    );
    assert.equal(plans.find((one) => rateOf(one) === 400)?.phases[1]?.connections, 40);
    assert.deepEqual(first?.flows, plan.flows);
    assert.equal(
      new Set(plans.map((one) => `${rateOf(one)} ${one.scenario.hash}`)).size,
      new Set(plans.map((one) => one.scenario.hash)).size,
    );
    assert.match(result.notes.join(), /flows of phase steady at its own rate; left out: cold/);
  });

  test('is held against the targets of the scenario, without those that follow from the rate', async () => {
    const plan = capacityPlan({
      targets: [
        target('response_time p90 < 50ms in steady'),
        target('throughput rate >= 5000/s'),
        target('response_time p50 < baseline * 2'),
        target('response_time count > 10'),
        target('response_time p99 < 1ms', { severity: 'warn' }),
      ],
    });
    const { plans, result } = await search(knee(300), {}, { plan });
    assert.deepEqual(
      plans[0]?.targets.map(({ expr, target: { phase: of } }) => [expr, of]),
      [
        ['response_time p90 < 50ms in steady', null],
        ['errors rate < 1%', null],
      ],
    );
    assert.deepEqual(
      result.notes.filter((note) => note.startsWith('not judged')).map((note) => note.split(' (')[0]),
      [
        'not judged: throughput rate >= 5000/s',
        'not judged: response_time p50 < baseline * 2',
        'not judged: response_time count > 10',
      ],
    );
  });

  test('is as long as its percentiles need, and no longer', async () => {
    const settings = { stepNs: 1e9, fromPerSecond: 100 };
    const { plans } = await search(knee(3000), settings);
    const lengths = new Map(plans.map((one) => [rateOf(one), one.phases[1]?.forNs]));
    assert.equal(lengths.get(100), 11e9);
    assert.equal(lengths.get(400), 2.75e9);
    assert.equal(lengths.get(1600), 1e9);
    const far = capacityPlan({ targets: [target('response_time p99.9 < 1s')] });
    await assert.rejects(search(knee(1), settings, { plan: far }), (error) => {
      assert.ok(error instanceof PerfkitError && error.code === 'usage');
      assert.match(
        error.message,
        /p99\.9 < 1s needs 10000 samples.*1\.00s at 100\/s gives 100.*--from.*--step/,
      );
      return true;
    });
  });

  test('lasts at least as long as the window of a target', async () => {
    const plan = capacityPlan({ targets: [target('response_time p50 < 1s over 20s')] });
    const { plans } = await search(knee(1), { stepNs: 10e9 }, { plan });
    assert.equal(plans[0]?.phases[1]?.forNs, 22e9);
  });

  test('a scenario without requests has to say what must hold', async () => {
    const plan = capacityPlan({ flows: [{ ...flow(), kind: 'socket' }] });
    await assert.rejects(search(knee(1), {}, { plan }), /expected targets in the scenario/);
  });
});

describe('the settings of a search', () => {
  const local = capacityPlan();
  const remote = capacityPlan({
    target: { ...local.target, origin: 'http://api.example.com', allow: ['api.example.com'] },
  });

  test('have defaults: another host is not driven above 10000/s', () => {
    assert.equal(searchSettings(local).maxPerSecond, 1e6);
    assert.equal(searchSettings(remote).maxPerSecond, 10_000);
    assert.equal(searchSettings(remote, { maxPerSecond: 50_000 }).maxPerSecond, 50_000);
    assert.equal(searchSettings(local, { stepNs: 5e9 }).warmupNs, 1e9);
    assert.equal(searchSettings(local, { stepNs: 5e9, warmupNs: 0 }).warmupNs, 0);
  });

  test('that make no search are refused', () => {
    const cases: readonly (readonly [SearchSettings, RegExp])[] = [
      [{ fromPerSecond: 0 }, /--from to be above 0/],
      [{ fromPerSecond: 200, maxPerSecond: 100 }, /at most --max \(100\/s\), got 200\/s/],
      [{ maxPerSecond: 1e8 }, /--max to be at most/],
      [{ precision: 0 }, /--precision to lie between 0\.5% and 100%/],
      [{ precision: Number.NaN }, /--precision/],
      [{ stepNs: 0 }, /--step to be above 0/],
      [{ soakNs: -1 }, /--soak to be above 0/],
      [{ pauseNs: -1 }, /--pause to be 0 or more/],
    ];
    for (const [settings, message] of cases)
      assert.throws(
        () => searchSettings(local, settings),
        (error) => error instanceof PerfkitError && message.test(error.message),
        JSON.stringify(settings),
      );
  });
});
