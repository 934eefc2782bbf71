import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLoadThreads } from '../../../src/load/thread/load-threads.ts';
import { startScriptedServer } from '../../../src/server/scripted-server.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';
import { collected, counted } from '../run-engine.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { LoadPlan, PhasePlan } from '../../../src/model/plan.ts';

interface Run {
  readonly intervals: Interval[];
  readonly report: Awaited<ReturnType<typeof runLoadThreads>>;
  readonly requests: number;
}

/** Real threads against a real server that answers at once. */
async function run(
  phases: readonly PhasePlan[],
  workers: number,
  changes: Partial<LoadPlan> = {},
  abortOnInterval = false,
): Promise<Run> {
  const server = await startScriptedServer({ kind: 'timed', warmupRequests: 0, delayNs: 0, stall: null });
  const intervals: Interval[] = [];
  const abort = new AbortController();
  try {
    const report = await runLoadThreads(
      {
        plan: loadPlan({
          phases,
          workers,
          ...changes,
          target: { ...loadPlan().target, origin: `http://127.0.0.1:${server.port}` },
          limits: {
            ...limits,
            maxWaiting: 1000,
            timeoutNs: 30e9,
            connectTimeoutNs: 30e9,
            gracefulStopNs: 30e9,
          },
        }),
        endpoint: { address: '127.0.0.1', port: server.port, tls: null },
        userAgent: 'perfkit/test',
      },
      {
        sink: (interval) => {
          intervals.push(interval);
          if (abortOnInterval) abort.abort();
        },
        progress: () => undefined,
        signal: abort.signal,
      },
    );
    return { intervals, report, requests: server.requests() };
  } finally {
    await server.close();
  }
}

test('threads share a budget exactly, phase after phase', { timeout: 120_000 }, async () => {
  const budget = { forNs: 60e9, maxRequests: 100 };
  const { intervals, report, requests } = await run(
    [
      phase({ ...budget, name: 'users', arrivals: { model: 'closed', users: 5 } }),
      phase({
        ...budget,
        name: 'rate',
        arrivals: { model: 'open', ratePerSecond: 500, spacing: 'poisson' },
        connections: 10,
      }),
    ],
    3,
  );
  assert.equal(requests, 200);
  assert.equal(report?.complete, true);
  assert.deepEqual(
    report?.evidence.phases.map(({ name, totals }) => [name, totals.ok]),
    [
      ['users', 100],
      ['rate', 100],
    ],
  );
  assert.equal(counted(intervals, 'throughput'), 200);
  assert.equal(collected(intervals, 'response_time').count, 200);
  assert.equal(report?.slowest.length, 20);
});

test('a stop ends all threads and keeps what they have told', { timeout: 120_000 }, async () => {
  const { intervals, report } = await run(
    [phase({ forNs: 20e9, arrivals: { model: 'open', ratePerSecond: 50, spacing: 'uniform' } })],
    2,
    {},
    true,
  );
  assert.equal(report?.complete, false);
  assert.ok(counted(intervals, 'throughput') > 0);
});

test('a thread that cannot run stops the others, and says why', { timeout: 120_000 }, async () => {
  const secret = flow([step({ path: '/${secret:PERFKIT_TEST_NOT_SET}' })]);
  await assert.rejects(run([phase({ forNs: 20e9 })], 2, { flows: [secret] }), /PERFKIT_TEST_NOT_SET/);
});
