import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactPercentile, expectedLatencies } from '../../src/load/record/expected-latencies.ts';
import { accuracyCases, compareWithArithmetic } from '../../src/load/self-test.ts';
import { replyDueNs } from '../../src/server/script.ts';
import { limits, loadPlan, phase } from './plans.ts';
import { collected, runVirtual } from './run-engine.ts';
import { ok } from './fake-transport.ts';
import type { AccuracyCase } from '../../src/load/self-test.ts';

test('a request is sent when it is due and the connection is free', () => {
  // due at 0, 10, 20, 30; the first takes 25, the others 2
  const { responseNs, serviceNs } = expectedLatencies({
    count: 4,
    gapNs: 10,
    connections: 1,
    replyNs: (sentNs) => sentNs + (sentNs === 0 ? 25 : 2),
  });
  assert.deepEqual(responseNs, [25, 17, 9, 2]);
  assert.deepEqual(serviceNs, [25, 2, 2, 2]);
});

test('with several connections the first that becomes free is used', () => {
  const { responseNs } = expectedLatencies({
    count: 4,
    gapNs: 10,
    connections: 2,
    replyNs: (sentNs) => sentNs + 25,
  });
  // sent at 0, 10, 25, 35
  assert.deepEqual(responseNs, [25, 25, 30, 30]);
});

test('an exact percentile is the smallest value that so many do not exceed', () => {
  assert.equal(exactPercentile([3, 1, 2, 4], 50), 2);
  assert.equal(exactPercentile([3, 1, 2, 4], 51), 3);
  assert.equal(exactPercentile([3, 1, 2, 4], 0), 1);
  assert.equal(exactPercentile([3, 1, 2, 4], 100), 4);
});

/** The engine against a server with the script's arithmetic, on virtual time. */
async function measureVirtually(
  one: AccuracyCase,
  pacing: 'precise' | 'eco' = 'precise',
): Promise<ReturnType<typeof compareWithArithmetic>> {
  const plan = loadPlan({
    phases: [
      phase({
        forNs: one.forNs,
        arrivals: { model: 'open', ratePerSecond: one.ratePerSecond, spacing: 'uniform' },
        connections: one.connections,
      }),
    ],
    limits: { ...limits, timeoutNs: 10e9, maxWaiting: 10_000, gracefulStopNs: 5e9, pacing },
  });
  let firstNs: number | null = null;
  const { intervals } = await runVirtual(plan, {
    connect: () => null,
    reply: (_, nowNs) => {
      firstNs ??= nowNs;
      return { afterNs: firstNs + replyDueNs(one.script, nowNs - firstNs) - nowNs, what: ok() };
    },
  });
  const clocks = {
    response_time: collected(intervals, 'response_time'),
    service_time: collected(intervals, 'service_time'),
  };
  return compareWithArithmetic(one, {
    count: clocks.response_time.count,
    valueAt: (metric, percentile) => clocks[metric].valueAt(percentile),
  });
}

test('the engine reports what arithmetic says, a stall of the server included', async () => {
  for (const one of accuracyCases) {
    for (const { name, pass, detail } of await measureVirtually(one)) assert.ok(pass, `${name}: ${detail}`);
  }
});

test('a stalled server gives the percentiles of arithmetic at any rate, with any number of connections', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 5, max: 1000 }),
      fc.integer({ min: 1, max: 1100 }),
      fc.integer({ min: 1, max: 20 }),
      async (rate, connections, delayMs) => {
        // as many a second as the connections can carry when the server does not stall, with room to catch up
        const ratePerSecond = Math.max(5, Math.min(rate, Math.floor((connections / delayMs) * 500)));
        const percentiles = [50, 75, 90, 95, 99].flatMap((percentile) => [
          { metric: 'response_time' as const, percentile },
          { metric: 'service_time' as const, percentile },
        ]);
        const one: AccuracyCase = {
          name: 'any',
          script: {
            kind: 'timed',
            warmupRequests: 0,
            delayNs: delayMs * 1e6,
            stall: { everyNs: 5e9, forNs: 1e9 },
          },
          ratePerSecond,
          connections,
          forNs: 5e9,
          percentiles,
        };
        for (const { name, pass, detail } of await measureVirtually(one, 'eco'))
          assert.ok(pass, `${name}: ${detail}`);
      },
    ),
    { numRuns: 25 },
  );
});

test('the stall is a second for response time and invisible for the median service time', () => {
  const stalled = accuracyCases.find(({ script }) => script.stall !== null);
  assert.ok(stalled !== undefined);
  const { responseNs, serviceNs } = expectedLatencies({
    count: 400,
    gapNs: 25e6,
    connections: 1,
    replyNs: (sentNs) => replyDueNs(stalled.script, sentNs),
  });
  assert.ok(exactPercentile(responseNs, 99) > 900e6);
  assert.equal(exactPercentile(serviceNs, 95), 5e6);
});

test('a generator that counted from the send would not pass', () => {
  const stalled = accuracyCases.find(({ script }) => script.stall !== null);
  assert.ok(stalled !== undefined);
  const checks = compareWithArithmetic(stalled, { count: 400, valueAt: () => 5e6 });
  assert.ok(checks.some(({ pass }) => !pass));
});

test('a script says when each reply is due: after the delay, and never within a stall', () => {
  fc.assert(
    fc.property(
      fc.nat(30_000),
      fc.nat(100),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 5000 }),
      (requestMs, delayMs, forMs, moreMs) => {
        const stall = { everyNs: (forMs + moreMs) * 1e6, forNs: forMs * 1e6 };
        const due = replyDueNs({ delayNs: delayMs * 1e6, stall }, requestMs * 1e6);
        const plain = (requestMs + delayMs) * 1e6;
        const into = due % stall.everyNs;
        assert.ok(due >= plain && due - plain <= stall.forNs);
        assert.ok(into === 0 || into < stall.everyNs - stall.forNs);
      },
    ),
    { numRuns: 300 },
  );
});
