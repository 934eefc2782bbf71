import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../fake-transport.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';
import { collected, counted, runVirtual } from '../run-engine.ts';
import type { FakeServer } from '../fake-transport.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { PhasePlan } from '../../../src/model/plan.ts';

const ms = 1e6;

function server(afterNs: number): FakeServer {
  return { connect: () => null, reply: () => ({ afterNs, what: ok() }) };
}

function open(name: string, ratePerSecond: number, changes: Partial<PhasePlan> = {}): PhasePlan {
  return phase({
    name,
    forNs: 1e9,
    arrivals: { model: 'open', ratePerSecond, spacing: 'uniform' },
    connections: 10,
    ...changes,
  });
}

function of(intervals: readonly Interval[], name: string): Interval[] {
  return intervals.filter(({ tags }) => tags['phase'] === name);
}

const beside = (name: string, toItsEnd = false): PhasePlan['with'] => ({ phase: name, toItsEnd });

test('a phase runs the flows that it names', async () => {
  const { intervals } = await runVirtual(
    loadPlan({
      phases: [open('first', 50, { flows: ['a'] }), open('second', 30, { flows: ['a', 'b'] })],
      flows: [flow([step({ name: 'a' })]), flow([step({ name: 'b' })], 4), flow([step({ name: 'c' })])],
    }),
    server(1 * ms),
  );
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => counted(of(intervals, 'first'), 'arrivals', name)),
    [50, 0, 0],
  );
  const [a, b, c] = ['a', 'b', 'c'].map((name) => counted(of(intervals, 'second'), 'arrivals', name));
  assert.equal((a ?? 0) + (b ?? 0), 30);
  assert.ok((b ?? 0) > (a ?? 0));
  assert.equal(c, 0);
});

test('a phase beside another starts with it, on connections of its own, and may last longer', async () => {
  const { intervals, report, connections, endNs } = await runVirtual(
    loadPlan({
      phases: [
        open('one', 100, { connections: 3 }),
        open('two', 100, { connections: 3 }),
        open('long', 10, { connections: 2, forNs: 3e9, with: beside('one') }),
        phase({ name: 'users', forNs: 0.5e9, arrivals: { model: 'closed', users: 2 }, with: beside('two') }),
      ],
    }),
    server(10 * ms),
  );
  assert.deepEqual(
    report.evidence.phases.map(({ name, totals, durationNs }) => [
      name,
      totals.ok,
      Math.round(durationNs / 1e8) / 10,
    ]),
    [
      ['one', 100, 1],
      ['long', 30, 3],
      ['two', 100, 1],
      ['users', 100, 0.5],
    ],
  );
  assert.equal(connections, 3 + 2 + 2);
  assert.ok(endNs > 3e9 && endNs < 3.2e9, `${endNs}`);
  const starts = ['one', 'long', 'two', 'users'].map((name) =>
    Math.round((of(intervals, name)[0]?.startNs ?? 0) / 1e8),
  );
  assert.deepEqual(starts, [0, 0, 10, 10]);
  // rates are over the time of the phase, whatever runs beside it
  for (const [name, ns] of [
    ['one', 1e9],
    ['long', 3e9],
    ['users', 0.5e9],
  ] as const) {
    const total = of(intervals, name).reduce((sum, { durationNs }) => sum + durationNs, 0);
    assert.ok(Math.abs(total - ns) < 2 * ms, `${name}: ${total}`);
  }
});

test('a phase without a time of its own ends with the one that it runs beside', async () => {
  const { report } = await runVirtual(
    loadPlan({
      phases: [
        phase({ name: 'short', forNs: 60e9, maxRequests: 50 }),
        phase({ name: 'company', forNs: 60e9, with: beside('short', true) }),
      ],
    }),
    server(10 * ms),
  );
  const [short, company] = report.evidence.phases;
  assert.equal(short?.totals.ok, 50);
  assert.ok((company?.durationNs ?? 0) < 1e9);
  assert.ok((company?.totals.ok ?? 0) > 40);
});

test('bytes are told of the lane that moved them, and CPU time once', async () => {
  const { intervals } = await runVirtual(
    loadPlan({
      phases: [open('one', 100, { forNs: 2.5e9 }), open('two', 20, { forNs: 2.5e9, with: beside('one') })],
    }),
    server(1 * ms),
  );
  const bytes = ok().length;
  assert.equal(counted(of(intervals, 'one'), 'bytes_in'), 250 * bytes);
  assert.equal(counted(of(intervals, 'two'), 'bytes_in'), 50 * bytes);
  const readings = (name: string): number =>
    of(intervals, name).flatMap(({ gauges }) => gauges.filter(({ metric }) => metric === 'cpu')).length;
  assert.equal(readings('one') + readings('two'), 3);
});

test('a phase that is not measured stays out of the measured intervals when it runs beside one that is', async () => {
  const { intervals } = await runVirtual(
    loadPlan({ phases: [open('one', 100), open('noise', 50, { measured: false, with: beside('one') })] }),
    server(1 * ms),
  );
  const measured = intervals.filter((interval) => interval.measured);
  assert.equal(collected(measured, 'response_time').count, 100);
  assert.equal(collected(intervals, 'response_time').count, 150);
});

test('the graceful stop is one for all phases, and bounds the run', async () => {
  const { report, endNs } = await runVirtual(
    loadPlan({
      phases: [open('one', 10), open('two', 10, { with: beside('one') })],
      limits: { ...limits, timeoutNs: 60e9, gracefulStopNs: 400 * ms },
    }),
    { connect: () => null, reply: () => ({ afterNs: 0, what: 'silence' }) },
  );
  assert.deepEqual(
    report.evidence.phases.map(({ totals }) => totals.cut),
    [10, 10],
  );
  assert.ok(Math.abs(endNs - 1.4e9) < 10 * ms, `${endNs}`);
});

test('a ramp of the rate has exactly the arrivals of its integral', async () => {
  const { report } = await runVirtual(
    loadPlan({
      phases: [
        open('up', 0, {
          forNs: 4e9,
          arrivals: { model: 'open', ratePerSecond: 0, toRatePerSecond: 300, spacing: 'uniform' },
        }),
        open('down', 0, {
          forNs: 2e9,
          arrivals: { model: 'open', ratePerSecond: 300, toRatePerSecond: 100, spacing: 'uniform' },
        }),
      ],
    }),
    server(1 * ms),
  );
  assert.deepEqual(
    report.evidence.phases.map(({ totals }) => totals.ok),
    [600, 400],
  );
});
