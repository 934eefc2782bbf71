import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createIntervalMerger } from '../../../src/load/thread/interval-merger.ts';
import { mergeEvidence } from '../../../src/load/thread/merge-evidence.ts';
import { ok, status } from '../fake-transport.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';
import { collected, counted, errorsByClass, runVirtual } from '../run-engine.ts';
import type { Evidence } from '../../../src/load/engine/evidence.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { LoadPlan, PhasePlan } from '../../../src/model/plan.ts';
import type { FakeServer } from '../fake-transport.ts';

/** In every third second it fails. */
const server = (): FakeServer => ({
  connect: () => null,
  reply: (_nth, nowNs) => ({ afterNs: 3e6, what: Math.floor(nowNs / 1e9) % 3 === 2 ? status(500) : ok() }),
});

/** The plan on n threads, each on its own virtual time; what they tell comes in the order of those times. */
async function runSplit(
  plan: LoadPlan,
  workers: number,
): Promise<{ intervals: Interval[]; evidence: Evidence }> {
  const told: { worker: number; atNs: number; interval: Interval }[] = [];
  const evidence: Evidence[] = [];
  for (let worker = 0; worker < workers; worker++) {
    const outcome = await runVirtual(plan, server(), null, { worker, workers }, (index) => 1e9 + index * 4e9);
    evidence.push(outcome.report.evidence);
    for (const interval of outcome.intervals)
      told.push({ worker, atNs: interval.startNs + interval.durationNs, interval });
  }
  const intervals: Interval[] = [];
  const merger = createIntervalMerger({
    workers,
    metrics: plan.metrics,
    sink: (interval) => void intervals.push(interval),
  });
  for (const { worker, interval } of told.toSorted((a, b) => a.atNs - b.atNs)) merger.add(worker, interval);
  merger.flush();
  const [first, ...rest] = evidence;
  assert.ok(first !== undefined);
  return { intervals, evidence: mergeEvidence([first, ...rest]) };
}

const anyPhase: fc.Arbitrary<Partial<PhasePlan>> = fc
  .record({
    open: fc.boolean(),
    from: fc.integer({ min: 0, max: 200 }),
    to: fc.integer({ min: 1, max: 200 }),
    poisson: fc.boolean(),
    forNs: fc.constantFrom(700e6, 1e9, 2_300e6),
    budget: fc.option(fc.integer({ min: 1, max: 60 })),
    perUser: fc.option(fc.integer({ min: 1, max: 4 })),
    measured: fc.boolean(),
  })
  .map(({ open, from, to, poisson, forNs, budget, perUser, measured }) => ({
    name: open ? 'open' : 'closed',
    forNs,
    measured,
    // more than there are arrivals: none waits, however long flows hold theirs to think
    connections: 500,
    ...(open
      ? {
          arrivals: {
            model: 'open',
            ratePerSecond: from,
            toRatePerSecond: to,
            spacing: poisson ? 'poisson' : 'uniform',
          } as const,
          maxFlows: budget,
        }
      : {
          arrivals: { model: 'closed', users: from % 20, toUsers: to % 20 } as const,
          maxFlowsPerUser: perUser,
        }),
  }));

const anyPlan = fc
  .record({
    phases: fc.uniqueArray(anyPhase, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
    thinkMs: fc.integer({ min: 1, max: 400 }),
  })
  .map(({ phases, thinkMs }) =>
    loadPlan({
      phases: phases.map((changes) => phase(changes)),
      flows: [
        flow(
          [
            step({ name: 'a', think: { kind: 'exponential', meanNs: thinkMs * 1e6 } }),
            step({ name: 'b', think: { kind: 'uniform', minNs: 0, maxNs: 2 * thinkMs * 1e6 } }),
          ],
          2,
        ),
        flow([step({ name: 'c', think: { kind: 'uniform', minNs: 5e6, maxNs: 5e6 } })]),
      ],
      // timers of the virtual loop are exact, its turns are not
      limits: { ...limits, maxWaiting: 1000, gracefulStopNs: 60e9, pacing: 'eco' },
    }),
  );

test('split over threads and merged is what one thread does', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.integer({ min: 2, max: 5 }), async (plan, workers) => {
      const [one, many] = [await runSplit(plan, 1), await runSplit(plan, workers)];
      for (const metric of ['throughput', 'errors', 'arrivals', 'dropped_arrivals'])
        for (const name of ['a', 'b', 'c'])
          assert.equal(counted(many.intervals, metric, name), counted(one.intervals, metric, name), metric);
      assert.deepEqual(errorsByClass(many.intervals), errorsByClass(one.intervals));
      for (const metric of ['response_time', 'service_time', 'schedule_lag'])
        assert.deepEqual(
          collected(many.intervals, metric).encode(),
          collected(one.intervals, metric).encode(),
          metric,
        );
      for (const [index, { name, intended, started, totals }] of one.evidence.phases.entries()) {
        const other = many.evidence.phases[index];
        assert.deepEqual([other?.name, other?.intended, other?.totals], [name, intended, totals]);
        assert.equal(other?.started, started);
      }
      for (const { name } of plan.phases)
        assert.equal(timeOf(many.intervals, name), timeOf(one.intervals, name));
    }),
    { numRuns: 60 },
  );
});

/** Time that the intervals of a phase take together, in ms. */
function timeOf(intervals: readonly Interval[], name: string): number {
  const own = intervals.filter(({ tags }) => tags['phase'] === name);
  return Math.round(own.reduce((sum, { durationNs }) => sum + durationNs, 0) / 1e6);
}
