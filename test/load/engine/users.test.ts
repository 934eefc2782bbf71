import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answering } from '../fake-transport.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';
import { collected, counted, runVirtual } from '../run-engine.ts';
import type { PhasePlan, ThinkPlan } from '../../../src/model/plan.ts';

const ms = 1e6;

function users(count: number, changes: Partial<PhasePlan> = {}): PhasePlan {
  return phase({ arrivals: { model: 'closed', users: count }, ...changes });
}

const think = (ns: number): ThinkPlan => ({ kind: 'uniform', minNs: ns, maxNs: ns });

function about(actual: number, expected: number, within = 0.01): void {
  assert.ok(Math.abs(actual - expected) <= expected * within, `expected about ${expected}, got ${actual}`);
}

test('users join one by one on the way up, and leave when their flow ends on the way down', async () => {
  const plan = loadPlan({
    phases: [
      phase({ name: 'up', forNs: 10e9, arrivals: { model: 'closed', users: 0, toUsers: 100 } }),
      phase({ name: 'down', forNs: 10e9, arrivals: { model: 'closed', users: 100, toUsers: 0 } }),
    ],
  });
  const { report, intervals, connections } = await runVirtual(plan, answering(100 * ms));
  // half of 100 users for 10 s, ten requests a second each
  for (const { totals } of report.evidence.phases) about(totals.ok, 5000, 0.03);
  assert.equal(connections, 100);
  const inFlight = intervals.flatMap(({ gauges }) =>
    gauges.filter(({ metric }) => metric === 'in_flight').map(({ value }) => value),
  );
  assert.deepEqual(inFlight.slice(0, 10), [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  assert.equal(inFlight.at(-1), 0);
});

test('a user thinks between the steps, and the next is due when it has', async () => {
  const plan = loadPlan({
    phases: [users(1, { forNs: 10e9 })],
    flows: [flow([step({ name: 'a', think: think(700 * ms) }), step({ name: 'b', think: think(200 * ms) })])],
    limits: { ...limits, gracefulStopNs: 2e9 },
  });
  const { report, intervals, connections } = await runVirtual(plan, answering(50 * ms));
  // 50 + 700 + 50 + 200 ms a flow
  assert.equal(counted(intervals, 'throughput', 'a'), 10);
  assert.equal(counted(intervals, 'throughput', 'b'), 10);
  about(collected(intervals, 'response_time').max, 50 * ms);
  assert.ok(collected(intervals, 'schedule_lag').max < 2 * ms);
  assert.equal(connections, 1);
  assert.equal(report.complete, true);
});

test('the time to think has the distribution that the plan says, and the seed makes it the same each time', async () => {
  for (const one of [
    { kind: 'uniform', minNs: 100 * ms, maxNs: 300 * ms },
    { kind: 'exponential', meanNs: 200 * ms },
  ] as const) {
    const plan = loadPlan({
      phases: [users(20, { forNs: 20e9 })],
      flows: [flow([step({ think: one })])],
    });
    const [first, second] = [
      await runVirtual(plan, answering(1 * ms)),
      await runVirtual(plan, answering(1 * ms)),
    ];
    // 20 users, 201 ms a flow; the standard error of a mean of 2000 is 2 % for an exponential
    about(first.requests, 20 * (20_000 / 201), 0.08);
    assert.deepEqual(first.intervals, second.intervals);
  }
});

test('users that think keep their connection, and have it up again when the server closed it', async () => {
  const plan = loadPlan({
    phases: [users(1, { forNs: 5e9 })],
    flows: [flow([step({ think: think(500 * ms) })])],
  });
  const { report, intervals } = await runVirtual(
    plan,
    answering(1 * ms, { closeIdleAfterNs: () => 100 * ms }),
  );
  assert.equal(report.evidence.phases[0]?.totals.errors, 0);
  assert.ok(collected(intervals, 'response_time').max < 3 * ms);
});

test('in an open phase a user that thinks holds up nobody but by its connection', async () => {
  const flows = [flow([step({ name: 'a', think: think(1000 * ms) }), step({ name: 'b' })])];
  const arrivals = { model: 'open', ratePerSecond: 10, spacing: 'uniform' } as const;
  const enough = await runVirtual(
    loadPlan({
      phases: [phase({ arrivals, connections: 12, forNs: 5e9 })],
      flows,
      limits: { ...limits, gracefulStopNs: 3e9 },
    }),
    answering(1 * ms),
  );
  assert.equal(counted(enough.intervals, 'throughput', 'a'), 50);
  assert.equal(counted(enough.intervals, 'throughput', 'b'), 50);
  assert.ok(collected(enough.intervals, 'response_time').max < 3 * ms);
  const few = await runVirtual(
    loadPlan({
      phases: [phase({ arrivals, connections: 5, forNs: 5e9 })],
      flows,
      limits: { ...limits, gracefulStopNs: 10e9, maxWaiting: 100 },
    }),
    answering(1 * ms),
  );
  // five at a time, one second each: half of the arrivals a second
  assert.equal(counted(few.intervals, 'throughput', 'b'), 50);
  assert.ok(collected(few.intervals, 'response_time', 'data', 'a').max > 4e9);
});

test('pacing: flows of a user start so far apart; when one takes longer the next starts at once and is counted', async () => {
  const plan = loadPlan({ phases: [users(1, { forNs: 10e9, pacingNs: 1e9 })] });
  const steady = await runVirtual(plan, answering(300 * ms));
  assert.equal(steady.requests, 10);
  assert.equal(counted(steady.intervals, 'late_starts'), 0);
  const slow = await runVirtual(
    { ...plan, limits: { ...limits, timeoutNs: 9e9, gracefulStopNs: 5e9 } },
    answering((nth) => (nth === 2 ? 2500 : 300) * ms),
  );
  // starts at 0, 1, 2, then 4.5, 5.5, ... 9.5
  assert.equal(slow.requests, 9);
  assert.equal(counted(slow.intervals, 'late_starts'), 1);
});

test('a fixed number of flows ends the phase when the last is done', async () => {
  const flows = [flow([step({ name: 'a', think: think(100 * ms) }), step({ name: 'b' })])];
  for (const arrivals of [
    { model: 'closed', users: 7 },
    { model: 'open', ratePerSecond: 50, spacing: 'uniform' },
  ] as const) {
    const { report, intervals, endNs } = await runVirtual(
      loadPlan({ phases: [phase({ arrivals, forNs: 60e9, maxFlows: 40, connections: 20 })], flows }),
      answering(10 * ms),
    );
    assert.equal(counted(intervals, 'throughput', 'a'), 40);
    assert.equal(counted(intervals, 'throughput', 'b'), 40);
    assert.equal(report.complete, true);
    assert.ok(endNs < 3e9);
  }
});

test('a fixed number of flows for each user ends the phase when all are done', async () => {
  const { report, intervals, endNs } = await runVirtual(
    loadPlan({
      phases: [users(5, { forNs: 60e9, maxFlowsPerUser: 3, pacingNs: 200 * ms })],
      flows: [flow([step({ name: 'a' }), step({ name: 'b' })])],
    }),
    answering((nth) => (nth % 7) * ms + 1),
  );
  assert.equal(counted(intervals, 'throughput', 'a'), 15);
  assert.equal(counted(intervals, 'throughput', 'b'), 15);
  assert.equal(report.complete, true);
  assert.ok(endNs < 1e9);
});

test('who thinks when the phase ends finishes the flow, within the graceful stop', async () => {
  const flows = [flow([step({ name: 'a', think: think(400 * ms) }), step({ name: 'b' })])];
  const plan = loadPlan({ phases: [users(1, { forNs: 100 * ms })], flows });
  const patient = await runVirtual(
    { ...plan, limits: { ...limits, gracefulStopNs: 1e9 } },
    answering(1 * ms),
  );
  assert.equal(counted(patient.intervals, 'throughput', 'b'), 1);
  const hasty = await runVirtual(
    { ...plan, limits: { ...limits, gracefulStopNs: 200 * ms } },
    answering(1 * ms),
  );
  assert.equal(counted(hasty.intervals, 'arrivals', 'b'), 0);
  assert.equal(hasty.report.evidence.phases[0]?.totals.cut, 0);
  about(hasty.endNs, 301 * ms);
});

test('a stop does not wait for those who think', async () => {
  const flows = [flow([step({ name: 'a', think: think(30e9) }), step({ name: 'b' })])];
  const { report, endNs } = await runVirtual(
    loadPlan({ phases: [users(3, { forNs: 60e9 })], flows }),
    answering(1 * ms),
    2e9,
  );
  assert.equal(report.complete, false);
  assert.ok(endNs < 2.1e9, `${endNs}`);
});
