import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answering, connectNs, ok, status } from '../fake-transport.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';
import { collected, counted, errorsByClass, runVirtual } from '../run-engine.ts';
import type { FakeServer } from '../fake-transport.ts';
import type { PhasePlan } from '../../../src/model/plan.ts';

const ms = 1e6;

function open(ratePerSecond: number, changes: Partial<PhasePlan> = {}): PhasePlan {
  return phase({ arrivals: { model: 'open', ratePerSecond, spacing: 'uniform' }, ...changes });
}

function about(actual: number, expected: number, within = 0.002): void {
  assert.ok(Math.abs(actual - expected) <= expected * within, `expected about ${expected}, got ${actual}`);
}

test('closed model: each user has one request in flight and sends the next when the reply is complete', async () => {
  const { report, intervals, connections } = await runVirtual(
    loadPlan({ phases: [phase({ arrivals: { model: 'closed', users: 3 } })] }),
    answering(100 * ms),
  );
  const [{ totals }] = report.evidence.phases as [(typeof report.evidence.phases)[0]];
  assert.equal(connections, 3);
  // 3 users * 20 requests in 2 s; the replies of the last ones come exactly at the end or are waited for
  assert.ok(totals.ok >= 60 && totals.ok <= 63, `${totals.ok}`);
  about(collected(intervals, 'response_time').valueAt(50), 100 * ms);
  assert.equal(collected(intervals, 'schedule_lag').max, 1);
  assert.equal(report.complete, true);
});

test('open model: arrivals keep their due time while the server stalls', async () => {
  // one connection, 10/s; the reply to the first request takes 550 ms, the others 10 ms
  const plan = loadPlan({
    phases: [open(10, { connections: 1, forNs: 1e9 })],
    limits: { ...limits, timeoutNs: 5e9 },
  });
  const { intervals } = await runVirtual(
    plan,
    answering((nth) => (nth === 0 ? 550 : 10) * ms),
  );
  const response = collected(intervals, 'response_time');
  assert.equal(response.count, 10);
  // due at 0, 100, 200, ...: done at 550, 560, 570, 580, 590, 600 and from then on 10 ms after they were due
  about(response.max, 550 * ms);
  about(response.valueAt(90), 460 * ms);
  about(response.valueAt(80), 370 * ms);
  about(response.valueAt(50), 100 * ms);
  const service = collected(intervals, 'service_time');
  about(service.max, 550 * ms);
  about(service.valueAt(90), 10 * ms);
  about(collected(intervals, 'schedule_lag').valueAt(100), 450 * ms);
});

test('open model: the rate counts flows, and each runs all its steps', async () => {
  const plan = loadPlan({ phases: [open(100)], flows: [flow([step({ name: 'a' }), step({ name: 'b' })])] });
  const { intervals } = await runVirtual(plan, answering(1 * ms));
  assert.equal(counted(intervals, 'arrivals', 'a'), 200);
  assert.equal(counted(intervals, 'arrivals', 'b'), 200);
});

test('open model: arrivals beyond the waiting queue are dropped, counted and censored', async () => {
  const plan = loadPlan({
    phases: [open(100, { connections: 1, forNs: 1e9 })],
    limits: { ...limits, maxWaiting: 5, timeoutNs: 20e9, gracefulStopNs: 0 },
  });
  const { report, intervals } = await runVirtual(plan, {
    connect: () => null,
    reply: () => ({ afterNs: 0, what: 'silence' }),
  });
  const totals = report.evidence.phases[0]?.totals;
  assert.deepEqual(totals, { arrivals: 100, ok: 0, errors: 0, dropped: 94, cut: 6 });
  assert.equal(counted(intervals, 'dropped_arrivals'), 94);
  const censored = collected(intervals, 'response_time', 'censored');
  assert.equal(censored.count, 100);
  // those in the queue are cut at the end; the others had no reply within the time-out, nor will they ever
  about(censored.max, 20e9, 0.01);
  about(censored.valueAt(6), 1e9, 0.1);
  assert.equal(collected(intervals, 'service_time', 'censored').count, 1);
});

test('a time-out is one error, is censored at its real length, and its late reply is never matched with another request', async () => {
  // every second reply comes after the time-out, and would then be taken for the next one's
  const plan = loadPlan({
    phases: [phase({ arrivals: { model: 'closed', users: 1 }, forNs: 5e9 })],
    flows: [flow([step({ name: 'slow' }), step({ name: 'quick' })])],
  });
  const replies = (nth: number): number => (nth % 2 === 0 ? 505 * ms : 1 * ms);
  const { report, intervals, connections } = await runVirtual(plan, answering(replies));
  const totals = report.evidence.phases[0]!.totals;
  assert.equal(errorsByClass(intervals)['timeout'], totals.errors);
  assert.ok(totals.errors > 3);
  const censored = collected(intervals, 'response_time', 'censored');
  assert.equal(censored.count, totals.errors + totals.cut);
  assert.ok(censored.min >= 500 * ms * 0.999 && censored.min < 502 * ms);
  about(collected(intervals, 'service_time').max, 1 * ms);
  assert.ok(connections >= totals.errors, 'a connection is closed after its time-out');
});

test('a failed step ends the iteration of its flow', async () => {
  const plan = loadPlan({ flows: [flow([step({ name: 'first' }), step({ name: 'second' })])] });
  const { intervals } = await runVirtual(plan, {
    connect: () => null,
    reply: () => ({ afterNs: 10 * ms, what: status(503) }),
  });
  assert.ok(counted(intervals, 'errors', 'first') > 100);
  assert.equal(counted(intervals, 'arrivals', 'second'), 0);
});

test('the next step is due when the one before is complete, on the same connection', async () => {
  const plan = loadPlan({
    phases: [phase({ arrivals: { model: 'closed', users: 1 }, maxRequests: 2 })],
    flows: [flow([step({ name: 'first' }), step({ name: 'second' })])],
  });
  const { intervals, connections } = await runVirtual(plan, answering(10 * ms));
  assert.equal(connections, 1);
  assert.equal(counted(intervals, 'throughput', 'first'), 1);
  about(collected(intervals, 'response_time', 'data', 'second').max, 10 * ms);
});

test('flows are chosen by weight', async () => {
  const plan = loadPlan({
    phases: [open(1000)],
    flows: [flow([step({ name: 'often' })], 9), flow([step({ name: 'seldom' })], 1)],
  });
  const { intervals } = await runVirtual(plan, answering(0.5 * ms));
  const share = counted(intervals, 'arrivals', 'seldom') / counted(intervals, 'arrivals');
  assert.ok(share > 0.08 && share < 0.12, `${share}`);
});

test('maxRequests is exact and ends the phase early', async () => {
  for (const arrivals of [
    { model: 'closed', users: 7 },
    { model: 'open', ratePerSecond: 1000, spacing: 'poisson' },
  ] as const) {
    const plan = loadPlan({
      phases: [phase({ arrivals, maxRequests: 100, forNs: 60e9, connections: 7 })],
      limits: { ...limits, maxWaiting: 100 },
    });
    const { report, requests, endNs } = await runVirtual(plan, answering(10 * ms));
    assert.equal(requests, 100);
    assert.equal(report.evidence.phases[0]?.totals.ok, 100);
    assert.equal(report.complete, true);
    assert.ok(endNs < 2e9);
  }
});

test('an operation that was due in the warm-up counts for the warm-up, also when it ends later', async () => {
  const plan = loadPlan({
    phases: [
      phase({ name: 'warm-up', measured: false, forNs: 1e9, arrivals: { model: 'closed', users: 1 } }),
      phase({ name: 'steady', forNs: 1e9, arrivals: { model: 'closed', users: 1 } }),
    ],
    limits: { ...limits, timeoutNs: 10e9 },
  });
  const { intervals } = await runVirtual(
    plan,
    answering((nth) => (nth === 0 ? 1500 : 10) * ms),
  );
  const measured = intervals.filter((interval) => interval.measured);
  about(collected(measured, 'response_time').max, 10 * ms);
  const warmUp = intervals.filter((interval) => !interval.measured);
  assert.deepEqual(new Set(warmUp.map(({ tags }) => tags['phase'])), new Set(['warm-up']));
  about(collected(warmUp, 'response_time').max, 1500 * ms);
});

test('in-flight requests get their time at the end, and are then cut', async () => {
  const patient = await runVirtual(
    loadPlan({ phases: [phase({ forNs: 1e9 })], limits: { ...limits, timeoutNs: 9e9 } }),
    answering(250 * ms),
  );
  assert.equal(patient.report.evidence.phases[0]?.totals.cut, 0);
  const hung = await runVirtual(
    loadPlan({ phases: [phase({ forNs: 1e9 })], limits: { ...limits, timeoutNs: 9e9 } }),
    answering(5e9),
  );
  assert.deepEqual(hung.report.evidence.phases[0]?.totals, {
    arrivals: 2,
    ok: 0,
    errors: 0,
    dropped: 0,
    cut: 2,
  });
  const censored = collected(hung.intervals, 'service_time', 'censored');
  assert.equal(censored.count, 2);
  about(censored.max, 1300 * ms, 0.01);
  about(hung.endNs, 1301 * ms, 0.01);
});

test('stop ends the run within a second, with what there is', async () => {
  const plan = loadPlan({
    phases: [phase({ forNs: 60e9 })],
    limits: { ...limits, timeoutNs: 50e9, gracefulStopNs: 30e9 },
  });
  const { report, intervals, endNs } = await runVirtual(
    plan,
    answering((nth) => (nth < 10 ? 10 * ms : 40e9)),
    2e9,
  );
  assert.equal(report.complete, false);
  assert.equal(report.evidence.phases[0]?.totals.ok, 10);
  assert.equal(collected(intervals, 'response_time').count, 10);
  assert.ok(endNs <= 3.1e9);
});

test('a server that refuses is tried again with growing pauses, not in a hot loop', async () => {
  const plan = loadPlan({ phases: [phase({ arrivals: { model: 'closed', users: 1 }, forNs: 10e9 })] });
  const { intervals, connections } = await runVirtual(plan, {
    connect: () => 'ECONNREFUSED',
    reply: () => ({ afterNs: 1, what: ok() }),
  });
  // pauses of 10, 20, 40, ... 640 ms, then 1 s
  assert.ok(connections > 12 && connections < 22, `${connections}`);
  assert.ok((errorsByClass(intervals)['refused'] ?? 0) >= connections - 2);
});

test('an outage shows: arrivals go on, and wait or fail', async () => {
  let requests = 0;
  const plan = loadPlan({
    phases: [open(100, { forNs: 3e9 })],
    limits: { ...limits, maxWaiting: 1000, gracefulStopNs: 5e9 },
  });
  const flaky: FakeServer = {
    connect: (nth) => (nth >= 2 && nth < 8 ? 'ECONNREFUSED' : null),
    reply: () =>
      requests++ >= 100 && requests <= 102
        ? { afterNs: 150 * ms, what: 'reset' }
        : { afterNs: 1 * ms, what: ok() },
  };
  const { report, intervals } = await runVirtual(plan, flaky);
  const totals = report.evidence.phases[0]!.totals;
  assert.equal(totals.arrivals, 300);
  const errors = errorsByClass(intervals);
  assert.ok((errors['refused'] ?? 0) > 0);
  assert.equal(errors['reset'], 2);
  assert.ok(collected(intervals, 'response_time').max > 20 * ms);
});

test('a kept-alive connection that the server closes while it is idle is opened again before it is needed', async () => {
  const plan = loadPlan({ phases: [open(5, { connections: 1, forNs: 3e9 })] });
  const { report, intervals, connections } = await runVirtual(
    plan,
    answering(1 * ms, { closeIdleAfterNs: () => 50 * ms }),
  );
  assert.deepEqual([report.evidence.phases[0]?.totals.ok, report.evidence.phases[0]?.totals.errors], [15, 0]);
  assert.ok(connections >= 15);
  assert.ok(collected(intervals, 'schedule_lag').max < connectNs);
});

test('free connections are used in turn', async () => {
  const plan = loadPlan({ phases: [open(100, { connections: 10, forNs: 1e9 })] });
  // the server closes each connection at its eleventh request's time: with turns, each serves 10 of the 100
  const { report, connections } = await runVirtual(
    plan,
    answering(1 * ms, { closeIdleAfterNs: () => 150 * ms }),
  );
  assert.equal(report.evidence.phases[0]?.totals.ok, 100);
  assert.equal(connections, 10, 'no connection was idle for 150 ms');
});

test('connections are kept from phase to phase and surplus ones are closed', async () => {
  const plan = loadPlan({
    phases: [5, 2, 5].map((users, index) =>
      phase({ name: `p${index}`, forNs: 1e9, arrivals: { model: 'closed', users } }),
    ),
  });
  const { intervals, connections } = await runVirtual(plan, answering(10 * ms));
  assert.equal(connections, 8);
  const last = intervals.find(({ tags, gauges }) => tags['phase'] === 'p1' && gauges.length > 0);
  assert.equal(last?.gauges.find(({ metric }) => metric === 'connections')?.value, 2);
});

test('there is one interval a second, from the start of the run, also while nothing ends', async () => {
  const plan = loadPlan({
    phases: [phase({ forNs: 4.5e9, arrivals: { model: 'closed', users: 1 } })],
    limits: { ...limits, timeoutNs: 9e9, gracefulStopNs: 0 },
  });
  const { intervals } = await runVirtual(plan, answering(4.4e9));
  // the last one is what was cut after the end
  assert.deepEqual(
    intervals.map(({ durationNs }) => Math.round(durationNs / 1e8) / 10),
    [1, 1, 1, 1, 0.5, 0],
  );
  assert.deepEqual(
    intervals.map(({ counters }) => counters.find(({ metric }) => metric === 'throughput')?.count),
    [0, 0, 0, 0, 1, 0],
  );
});

test('intervals tell how late the event loop was, once also where phases run beside each other', async () => {
  const both = [
    open(100, { name: 'main' }),
    open(50, { name: 'beside', with: { phase: 'main', toItsEnd: true } }),
  ];
  const { intervals } = await runVirtual(loadPlan({ phases: both }), answering(1 * ms));
  // a beat each 20 ms of two seconds, on a loop that is never late
  const delays = collected(intervals, 'loop_delay');
  assert.ok(delays.count >= 98 && delays.count <= 101, `${delays.count}`);
  assert.ok(delays.max < 1e6);
});
