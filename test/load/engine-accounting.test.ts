import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../src/measure/random.ts';
import { ok, status } from './fake-transport.ts';
import { flow, limits, loadPlan, phase, step } from './plans.ts';
import { collected, counted, errorsByClass, runVirtual } from './run-engine.ts';
import type { FakeReply, FakeServer } from './fake-transport.ts';
import type { LoadTarget, PhasePlan } from '../../src/model/plan.ts';
import type { Outcome } from './run-engine.ts';

test('every request is counted once, whatever server and network do', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyPlan,
      fc.integer(),
      fc.option(fc.integer({ min: 0, max: 3_000 })),
      async (plan, seed, stopMs) => {
        const outcome = await runVirtual(plan, chaoticServer(seed), stopMs === null ? null : stopMs * 1e6);
        assertTotalsAddUp(outcome);
        for (const { plan: phasePlan, total } of plan.phases.map((one, index) => ({
          plan: one,
          total: outcome.report.evidence.phases[index]?.totals,
        }))) {
          if (total !== undefined && phasePlan.maxRequests !== null)
            assert.ok(total.arrivals <= phasePlan.maxRequests);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('the same seed and server make the same run', async () => {
  const plan = loadPlan({
    phases: [phase({ arrivals: { model: 'open', ratePerSecond: 100, spacing: 'poisson' } })],
    flows: [flow([step({ name: 'a' }), step({ name: 'b' })], 3), flow([step({ name: 'c' })], 1)],
  });
  const [first, second] = [
    await runVirtual(plan, chaoticServer(7)),
    await runVirtual(plan, chaoticServer(7)),
  ];
  assert.deepEqual(first.intervals, second.intervals);
});

/** Totals in the report, in the counters and in the histograms tell the same. */
function assertTotalsAddUp({ report, intervals }: Outcome): void {
  const sums = { arrivals: 0, ok: 0, errors: 0, dropped: 0, cut: 0 };
  for (const { totals } of report.evidence.phases) {
    assert.equal(totals.arrivals, totals.ok + totals.errors + totals.dropped + totals.cut);
    for (const key of ['arrivals', 'ok', 'errors', 'dropped', 'cut'] as const) sums[key] += totals[key];
  }
  assert.equal(counted(intervals, 'arrivals'), sums.arrivals);
  assert.equal(counted(intervals, 'throughput'), sums.ok);
  assert.equal(counted(intervals, 'dropped_arrivals'), sums.dropped);
  const classes = errorsByClass(intervals);
  // what was cut is a failure, unless somebody stopped the run
  const unfinished = classes['unfinished'] ?? 0;
  assert.equal(unfinished, report.complete ? sums.cut : 0);
  assert.equal(counted(intervals, 'errors'), sums.errors + unfinished);
  assert.equal(
    Object.values(classes).reduce((sum, count) => sum + count, 0),
    sums.errors + unfinished,
  );
  for (const metric of ['response_time', 'service_time', 'schedule_lag'])
    assert.equal(collected(intervals, metric).count, sums.ok);
  const timeouts = (classes['timeout'] ?? 0) + (classes['connect_timeout'] ?? 0);
  assert.equal(collected(intervals, 'response_time', 'censored').count, timeouts + sums.dropped + sums.cut);
  const timely = intervals.filter(({ durationNs }) => durationNs > 0);
  for (const [index, interval] of timely.entries()) {
    // the others hold what ended after its phase, and have no length
    assert.ok(index === 0 || interval.startNs + interval.durationNs >= timely[index - 1]!.startNs);
  }
}

const anyPhase: fc.Arbitrary<PhasePlan> = fc
  .record({
    open: fc.boolean(),
    rate: fc.integer({ min: 1, max: 400 }),
    users: fc.integer({ min: 1, max: 6 }),
    forMs: fc.integer({ min: 1, max: 2_200 }),
    poisson: fc.boolean(),
    maxRequests: fc.option(fc.integer({ min: 1, max: 60 })),
    measured: fc.boolean(),
  })
  .map(({ open, rate, users, forMs, poisson, maxRequests, measured }) => ({
    name: `phase ${forMs}`,
    forNs: forMs * 1e6,
    arrivals: open
      ? { model: 'open', ratePerSecond: rate, spacing: poisson ? 'poisson' : 'uniform' }
      : { model: 'closed', users },
    flows: [],
    with: null,
    maxRequests,
    maxFlows: null,
    maxFlowsPerUser: null,
    pacingNs: null,
    measured,
    connections: users,
  }));

const anyPlan = fc
  .record({
    phases: fc.array(anyPhase, { minLength: 1, maxLength: 3 }),
    maxWaiting: fc.integer({ min: 0, max: 30 }),
    gracefulMs: fc.integer({ min: 0, max: 1000 }),
    eco: fc.boolean(),
    speaks: fc.constantFrom<Partial<LoadTarget>>(
      {},
      {},
      { perConnection: 2 },
      { perConnection: 5 },
      { newConnections: true },
    ),
  })
  .map(({ phases, maxWaiting, gracefulMs, eco, speaks }) =>
    loadPlan({
      target: { origin: 'http://127.0.0.1:80', builtin: null, allow: [], ...speaks },
      phases,
      flows: [
        flow([step({ name: 'a' }), step({ name: 'b', method: 'POST', body: 'x' })], 2),
        flow([step({ name: 'c', headers: [['Connection', 'close']] })]),
      ],
      limits: { ...limits, maxWaiting, gracefulStopNs: gracefulMs * 1e6, pacing: eco ? 'eco' : 'precise' },
    }),
  );

function chaoticServer(seed: number): FakeServer {
  const random = createRandom(seed);
  const replies: readonly FakeReply['what'][] = [
    ...Array.from({ length: 8 }, () => ok()),
    ok('bye', 'Connection: close\r\n'),
    status(404),
    status(500),
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npart',
    'garbage\r\n\r\n',
    `${ok()}extra`,
    ok('x'.repeat(20_000)),
    'reset',
    'close',
    'silence',
  ];
  const fates = [null, null, null, null, null, null, 'ECONNREFUSED', 'EMFILE', 'silence'] as const;
  return {
    connect: () => fates[random.int(fates.length)] ?? null,
    reply: () => ({
      afterNs: random.int(40) * 1e6 + 1,
      what: replies[random.int(replies.length)] ?? 'reset',
    }),
    closeIdleAfterNs: () => (random.int(5) === 0 ? random.int(20) * 1e6 + 1 : null),
  };
}
