import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFeed } from '../../../src/load/data/feed.ts';
import { ok, status } from '../fake-transport.ts';
import { flow, loadPlan, phase, step } from '../plans.ts';
import { counted, errorsByClass, runVirtual } from '../run-engine.ts';
import { captureJson, harness, http, sent } from './harness.ts';
import type { RowSource } from '../../../src/load/data/row-source.ts';
import type { FakeServer } from '../fake-transport.ts';
import type { PhasePlan } from '../../../src/model/plan.ts';

const server: FakeServer = { connect: () => null, reply: () => ({ afterNs: 2e6, what: ok('{"id":7}') }) };

const rows: RowSource = {
  count: 7,
  row: (index) => ({ read: () => ({ text: String(index), json: null }), values: () => ({}), place: '' }),
  close: () => undefined,
};

async function runOnce(changes: Partial<PhasePlan>) {
  const data = { name: 'u', file: 'u.csv', format: 'csv', bytes: 0, pick: 'once' } as const;
  const plan = loadPlan({
    data: [data],
    flows: [flow([step({ name: 'a', path: '/${data:u.id}' }), step({ name: 'b' })])],
    phases: [phase({ forNs: 60e9, ...changes })],
  });
  const feeds = [createFeed(data, rows, 1, { worker: 0, workers: 1 })];
  return await runVirtual(plan, server, null, undefined, undefined, { feeds });
}

test('data that is used once ends the phase when it is used up, and every row was one flow', async () => {
  for (const arrivals of [
    { model: 'closed', users: 3 },
    { model: 'open', ratePerSecond: 100, spacing: 'uniform' },
  ] as const) {
    const { intervals, endNs, report } = await runOnce({ arrivals });
    assert.deepEqual([counted(intervals, 'throughput', 'a'), counted(intervals, 'throughput', 'b')], [7, 7]);
    assert.ok(endNs < 1e9, `${arrivals.model} ends at ${endNs}`);
    assert.equal(report.complete, true);
  }
});

test('what one user captures is never another one’s, nor its own in the next flow', () => {
  const { render, check, start } = harness([
    { captures: [captureJson('id', 'id')] },
    { path: '/${captured:id}' },
  ]);
  const sessions = [start(0), start(1)];
  for (const session of sessions) sent(render(0, session));
  for (const [user, session] of sessions.entries()) check(0, session, http(`{"id":"u${user}"}`));
  for (const [user, session] of sessions.entries())
    assert.match(sent(render(1, session)), new RegExp(`^GET /u${user} `));
  const next = render(1, start(0, 2, sessions[0]));
  assert.deepEqual(next, {
    failure: 'variable',
    detail: '${captured:id} has no value: no step has captured it',
  });
});

test('a step that fails ends its flow, and the failure has its class', async () => {
  const plan = loadPlan({
    flows: [
      flow([
        step({ name: 'a', captures: [captureJson('id', 'nope')] }),
        step({ name: 'b', path: '/${captured:id}' }),
      ]),
    ],
    phases: [phase({ maxFlows: 6, forNs: 60e9 })],
  });
  const { intervals, requests } = await runVirtual(plan, server);
  assert.deepEqual(errorsByClass(intervals), { capture: 6 });
  assert.equal(requests, 6);
});

test('a reply with an unwanted status sets cookies, which the next flow of its user sends', async () => {
  const requests: string[] = [];
  const denying: FakeServer = {
    connect: () => null,
    written: (text) => void requests.push(text),
    reply: () => ({ afterNs: 1e6, what: status(401).replace('\r\n', '\r\nSet-Cookie: sid=7\r\n') }),
  };
  const plan = loadPlan({
    flows: [{ ...flow([step({ name: 'a' })]), cookies: true }],
    phases: [phase({ arrivals: { model: 'closed', users: 1 }, maxFlows: 2, forNs: 60e9 })],
  });
  const { intervals } = await runVirtual(plan, denying);
  assert.deepEqual(errorsByClass(intervals), { status_4xx: 2 });
  assert.doesNotMatch(requests[0] ?? '', /cookie/i);
  assert.match(requests[1] ?? '', /\r\nCookie: sid=7\r\n/);
});

test('a redirect is one operation, also when the server closes the connection between', async () => {
  const replies = [
    status(302).replace('\r\n', '\r\nLocation: /next\r\nConnection: close\r\n'),
    ok('{"id":7}'),
  ];
  const redirecting: FakeServer = {
    connect: () => null,
    reply: (nth) => ({ afterNs: 1e6, what: replies[nth % 2] ?? '' }),
  };
  const plan = loadPlan({
    flows: [flow([step({ name: 'a', redirects: 1, expectStatus: [200] })])],
    phases: [phase({ arrivals: { model: 'closed', users: 1 }, maxFlows: 5, forNs: 60e9 })],
  });
  const { intervals, requests, connections } = await runVirtual(plan, redirecting);
  assert.deepEqual([counted(intervals, 'throughput', 'a'), requests, connections > 1], [5, 10, true]);
});
