import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, status } from '../fake-transport.ts';
import { limits, loadPlan, phase } from '../plans.ts';
import { runVirtual } from '../run-engine.ts';
import type { FakeServer } from '../fake-transport.ts';
import type { SlowOperation } from '../../../src/model/result.ts';

const oneAtATime = phase({ forNs: 2e9, arrivals: { model: 'closed', users: 1 }, connections: 1 });

async function slowestOf(reply: FakeServer['reply'], connect: FakeServer['connect'] = () => null) {
  const plan = loadPlan({ phases: [oneAtATime], limits: { ...limits, timeoutNs: 500e6 } });
  return (await runVirtual(plan, { connect, reply })).report.slowest;
}

function took({ dueNs, endNs }: SlowOperation): number {
  return Math.round((endNs - dueNs) / 1e6);
}

test('a time-out is among the slowest operations, with its class and for as long as it was waited for', async () => {
  const slowest = await slowestOf((nth) =>
    nth === 3 ? { afterNs: 0, what: 'silence' } : { afterNs: 20e6, what: ok() },
  );
  const [first, second] = slowest;
  assert.ok(first && second);
  assert.equal(first.failure, 'timeout');
  assert.equal(took(first), 500);
  assert.equal(second.failure, undefined);
  assert.ok(!('failure' in second));
});

test('a slow reply with an unwanted status, and one that a reset cuts, are among them with their classes', async () => {
  const slowest = await slowestOf((nth) => {
    if (nth === 2) return { afterNs: 300e6, what: status(503) };
    if (nth === 5) return { afterNs: 200e6, what: 'reset' };
    return { afterNs: 20e6, what: ok() };
  });
  assert.deepEqual(
    slowest.slice(0, 2).map((one) => [one.failure, took(one)]),
    [
      ['status_5xx', 300],
      ['reset', 200],
    ],
  );
  assert.equal(slowest[2]?.failure, undefined);
});

test('a request that no connection could be had for was never sent', async () => {
  const slowest = await slowestOf(
    () => ({ afterNs: 20e6, what: ok() }),
    () => 'silence',
  );
  assert.ok(slowest.length > 0);
  for (const one of slowest) assert.deepEqual([one.failure, one.sentNs], ['connect_timeout', null]);
});

test('what gets no reply before the end is among them as unfinished', async () => {
  const plan = loadPlan({
    phases: [oneAtATime],
    limits: { ...limits, timeoutNs: 20e9, gracefulStopNs: 300e6 },
  });
  const { report } = await runVirtual(plan, {
    connect: () => null,
    reply: (nth) => (nth === 5 ? { afterNs: 0, what: 'silence' } : { afterNs: 20e6, what: ok() }),
  });
  assert.equal(report.slowest[0]?.failure, 'unfinished');
});
