import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ok, status } from '../../fake-transport.ts';
import { loadPlan, phase, step } from '../../plans.ts';
import { collected, counted, errorsByClass, runVirtual } from '../../run-engine.ts';
import type { FlowContext, FlowFunction } from '../../../../src/load/lanes/function/flow-function.ts';
import type { FakeServer } from '../../fake-transport.ts';
import type { PhasePlan } from '../../../../src/model/plan.ts';

const quick: FakeServer = { connect: () => null, reply: () => ({ afterNs: 5e6, what: ok('{"id":7}') }) };

/** One flow that is this function, in phases of this kind, on virtual time. */
async function run(
  call: FlowFunction,
  changes: Partial<PhasePlan> = {},
  server = quick,
  stopAtNs: number | null = null,
) {
  const plan = loadPlan({
    flows: [
      {
        name: 'f',
        kind: 'function',
        weight: 1,
        steps: [step({ name: 'list' }), step({ name: 'item' })],
        cookies: true,
        call: { module: './f.ts', export: 'f', data: [] },
      },
    ],
    phases: [phase({ forNs: 1e9, ...changes })],
  });
  const outcome = await runVirtual(plan, server, stopAtNs, undefined, undefined, { functions: [call] });
  const totals = outcome.report.evidence.phases[0]?.totals ?? {
    arrivals: 0,
    ok: 0,
    errors: 0,
    dropped: 0,
    cut: 0,
  };
  assert.equal(
    totals.arrivals,
    totals.ok + totals.errors + totals.dropped + totals.cut,
    JSON.stringify(totals),
  );
  return { ...outcome, totals };
}

test('each request of a function is an operation under its own name', async () => {
  const { intervals, totals } = await run(
    async ({ http, check }) => {
      const list = await http.get('/items');
      check(list.ok && list.status === 200, 'a list');
      const { id } = Object(list.json());
      const item = await http.post(`/items/${id}`, {
        name: 'item',
        json: { a: 1 },
        expect: (reply) => (reply.text() === '{"id":7}' ? null : 'x'),
      });
      check(item.header('content-length') === '8', 'a header');
    },
    { maxFlows: 10 },
  );
  assert.deepEqual(
    [counted(intervals, 'throughput', 'list'), counted(intervals, 'throughput', 'item')],
    [10, 10],
  );
  assert.equal(totals.errors, 0);
});

test('what a function does between requests is its own time: the next one is due when it is asked for', async () => {
  const { intervals } = await run(
    async ({ http, sleep }) => {
      await http.get('/');
      await sleep('100ms');
      await http.get('/', { name: 'item' });
    },
    { maxFlows: 4 },
  );
  const item = collected(intervals, 'response_time', 'data', 'item');
  assert.equal(item.count, 4);
  assert.ok(item.valueAt(100) < 6e6, String(item.valueAt(100)));
});

test('an arrival that waits for a connection is due when it arrived', async () => {
  const { intervals, totals } = await run(async ({ http }) => void (await http.get('/')), {
    arrivals: { model: 'open', ratePerSecond: 1000, spacing: 'uniform' },
    forNs: 10e6,
    connections: 1,
  });
  assert.equal(totals.ok, 10);
  // the tenth waits for nine replies of 5 ms and arrived 9 ms after the first
  assert.ok(collected(intervals, 'response_time').valueAt(100) > 35e6);
  assert.ok(collected(intervals, 'service_time').valueAt(100) < 6e6);
});

test('failed requests are counted and reject; what a function throws is of class script, with its place', async () => {
  const server: FakeServer = {
    connect: () => null,
    reply: (nth) => ({
      afterNs: nth === 1 ? 150e6 : 1e6,
      what: [status(500), 'reset', ok('x')][nth % 3] ?? '',
    }),
  };
  const { intervals, totals } = await run(
    async ({ http }) => {
      const first = await http.get('/a');
      assert.equal(first.ok, false);
      await assert.rejects(http.get('/b'), { name: 'OperationError', failure: 'reset' });
      await http.get('/c', { expect: () => 'not so' });
      throw new TypeError('boom');
    },
    { maxFlows: 1, arrivals: { model: 'closed', users: 1 } },
    server,
  );
  assert.deepEqual(errorsByClass(intervals), { status_5xx: 1, reset: 1, expectation: 1, script: 1 });
  assert.equal(totals.errors, 4);
  const script = intervals.flatMap(({ errors }) => errors).find(({ class: name }) => name === 'script');
  assert.match(script?.example ?? '', /^f: TypeError: boom at function-lane\.test\.ts:\d+:\d+$/);
});

test('a failed request that nobody catches ends the flow and is counted once', async () => {
  const refusing: FakeServer = { connect: () => 'ECONNREFUSED', reply: () => ({ afterNs: 0, what: '' }) };
  const { intervals } = await run(async ({ http }) => void (await http.get('/')), { maxFlows: 3 }, refusing);
  assert.deepEqual(errorsByClass(intervals), { refused: 3 });
});

test('mistakes in the use of the client are told as such', async () => {
  const wrong: readonly [(context: FlowContext) => unknown, RegExp][] = [
    [({ http }) => http.get('items'), /begin with "\/"/],
    [({ http }) => http.get('/a b'), /percent-encoded/],
    [
      ({ http }) => http.get('/', { name: 'nope' }),
      /one of the flow's operations \(list, item\), got "nope"/,
    ],
    [({ http }) => http.get('/', { headers: { a: 'b\r\nc: d' } }), /no line break/],
    [({ http }) => http.get('/', { headers: { 'content-length': '3' } }), /name of a header other than/],
    [({ http }) => http.post('/', { json: 1, body: 'x' }), /one of `json`, `form` and `body`/],
    [({ sleep }) => sleep('5'), /a duration such as "1\.5s"/],
    [({ check }) => check(false, 'never'), /never/],
  ];
  for (const [act, message] of wrong) {
    const { intervals, totals } = await run(async (context) => void (await act(context)), { maxFlows: 1 });
    const [error] = intervals.flatMap(({ errors }) => errors);
    assert.match(error?.example ?? '', message);
    assert.deepEqual([totals.arrivals, totals.errors], [1, 1]);
  }
});

test('a function that never ends is cut at the end of the run, and told by its signal', async () => {
  let aborted = 0;
  const { totals, report } = await run(
    async ({ http, signal }) => {
      signal.addEventListener('abort', () => aborted++);
      await http.get('/');
      await new Promise(() => undefined);
    },
    { forNs: 100e6 },
  );
  assert.deepEqual([totals.ok, aborted, report.complete], [2, 2, true]);
});

test('requests that a function does not wait for are seen through', async () => {
  const { totals } = await run(
    ({ http }) => {
      void http.get('/');
      void http.get('/', { name: 'item' });
    },
    { maxFlows: 5 },
  );
  assert.equal(totals.ok, 10);
});

test('a function that asks for nothing does not stop the clock', async () => {
  let calls = 0;
  const { totals, endNs } = await run(() => void calls++, { forNs: 50e6 });
  assert.ok(calls > 10 && totals.arrivals === 0 && endNs >= 50e6);
});

test('cookies and redirects are handled as in steps, users keep their numbers', async () => {
  const seen: string[] = [];
  const replies = [status(302).replace('\r\n', '\r\nSet-Cookie: a=1\r\nLocation: /next\r\n'), ok('x')];
  const server: FakeServer = {
    connect: () => null,
    reply: (nth) => ({ afterNs: 1e6, what: replies[nth % 2] ?? '' }),
  };
  const { totals, requests } = await run(
    async ({ http, user, iteration, random }) => {
      const reply = await http.post('/login', { redirects: 1, form: { a: 1 } });
      seen.push(`${user} ${iteration} ${reply.status} ${random.int(1000)}`);
    },
    { maxFlowsPerUser: 2, arrivals: { model: 'closed', users: 1 } },
    server,
  );
  assert.deepEqual(
    seen.map((line) => line.split(' ', 3).join(' ')),
    ['0 0 200', '0 1 200'],
  );
  assert.deepEqual([totals.ok, requests], [2, 4]);
});

test('whatever the server does, every operation is counted once', async () => {
  const what = fc.constantFrom('silence', 'reset', 'close', ok('x'), status(404), 'garbage');
  await fc.assert(
    fc.asyncProperty(
      fc.array(what, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      fc.constantFrom(null, 150e6),
      async (list, open, stopAtNs) => {
        const server: FakeServer = {
          connect: (nth) => (nth % 5 === 4 ? 'ECONNREFUSED' : null),
          reply: (nth) => ({ afterNs: 3e6, what: list[nth % list.length] ?? '' }),
        };
        await run(
          async ({ http, sleep }) => {
            await http.get('/a').catch(() => undefined);
            await sleep('20ms');
            await http.get('/b', { name: 'item' });
          },
          open
            ? { arrivals: { model: 'open', ratePerSecond: 100, spacing: 'poisson' }, forNs: 300e6 }
            : { forNs: 300e6 },
          server,
          stopAtNs,
        );
      },
    ),
    { numRuns: 60 },
  );
});
