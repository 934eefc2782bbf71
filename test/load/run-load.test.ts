import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PerfkitError } from '../../src/model/errors.ts';
import { runLoad } from '../../src/run/load.ts';
import { startScriptedServer } from '../../src/server/scripted-server.ts';
import { flow, limits, loadPlan, phase, step } from './plans.ts';
import { collected, counted, errorsByClass } from './run-engine.ts';
import type { EngineOutcome } from '../../src/model/engine.ts';
import type { Interval } from '../../src/model/interval.ts';
import type { LoadPlan } from '../../src/model/plan.ts';

interface Ran {
  readonly outcome: EngineOutcome;
  readonly intervals: readonly Interval[];
  readonly labels: readonly string[];
}

async function run(
  plan: LoadPlan,
  signal = new AbortController().signal,
  seen: (interval: Interval) => void = () => undefined,
): Promise<Ran> {
  const intervals: Interval[] = [];
  const labels: string[] = [];
  const outcome = await runLoad(plan, {
    signal,
    sink: (interval) => {
      intervals.push(interval);
      seen(interval);
    },
    progress: ({ label }) => void labels.push(label),
  });
  return { outcome, intervals, labels };
}

const patient = { ...limits, timeoutNs: 20e9, connectTimeoutNs: 20e9 };

test(
  'starts the built-in server, loads it from a thread and counts exactly',
  { timeout: 60_000 },
  async () => {
    const plan = loadPlan({
      target: { origin: 'http://127.0.0.1:0', builtin: 'items', allow: [] },
      phases: [phase({ maxRequests: 60, forNs: 30e9, arrivals: { model: 'closed', users: 4 } })],
      flows: [
        flow([
          step({ name: 'root' }),
          step({ name: 'item', path: '/items/7' }),
          step({ name: 'echo', method: 'POST', path: '/echo', body: '{"a":1}' }),
        ]),
      ],
      limits: patient,
    });
    const { outcome, intervals, labels } = await run(plan);
    assert.equal(outcome.complete, true);
    assert.equal(counted(intervals, 'throughput'), 60);
    assert.equal(counted(intervals, 'errors'), 0);
    assert.equal(collected(intervals, 'response_time').count, 60);
    assert.equal(collected(intervals, 'connect_time').count, 4);
    assert.ok(counted(intervals, 'bytes_in') > 60 * 100);
    const gauges = new Set(intervals.flatMap((interval) => interval.gauges.map(({ metric }) => metric)));
    assert.deepEqual([...gauges].toSorted(), [
      'connections',
      'cpu',
      'heap_used',
      'in_flight',
      'rss',
      'waiting',
    ]);
    assert.ok(labels.some((label) => label.startsWith('connecting to 127.0.0.1:')));
  },
);

test('an interrupt ends the run early with what was measured', { timeout: 60_000 }, async () => {
  const stop = new AbortController();
  const server = await startScriptedServer({ kind: 'timed', warmupRequests: 0, delayNs: 0, stall: null });
  try {
    const plan = loadPlan({
      target: { origin: `http://127.0.0.1:${server.port}`, builtin: null, allow: [] },
      phases: [phase({ forNs: 600e9, arrivals: { model: 'open', ratePerSecond: 50, spacing: 'uniform' } })],
      limits: { ...patient, pacing: 'eco' },
    });
    const { outcome, intervals } = await run(plan, stop.signal, () => stop.abort());
    assert.equal(outcome.complete, false);
    assert.ok(collected(intervals, 'response_time').count > 0);
  } finally {
    await server.close();
  }
});

test('an interrupt before the start starts nothing', async () => {
  const stop = new AbortController();
  stop.abort();
  const { outcome, intervals } = await run(
    loadPlan({ target: { origin: 'http://127.0.0.1:9', builtin: null, allow: [] } }),
    stop.signal,
  );
  assert.equal(outcome.complete, false);
  assert.equal(intervals.length, 0);
});

test('a server that refuses before the start is an error that says where and what to do', async () => {
  const server = await startScriptedServer({ kind: 'silent' });
  await server.close();
  const plan = loadPlan({ target: { origin: `http://127.0.0.1:${server.port}`, builtin: null, allow: [] } });
  await assert.rejects(
    run(plan),
    (error) =>
      error instanceof PerfkitError &&
      error.code === 'target' &&
      error.message.includes(`127.0.0.1:${server.port}`),
  );
});

test('a step that cannot be sent is told before anything is connected', async () => {
  const plan = loadPlan({
    target: { origin: 'http://127.0.0.1:9', builtin: null, allow: [] },
    flows: [flow([step({ path: '/a b' })])],
  });
  await assert.rejects(
    run(plan),
    (error) => error instanceof PerfkitError && error.code === 'scenario' && /step "get"/.test(error.message),
  );
});

test('an unknown built-in server is told with the known ones', async () => {
  const plan = loadPlan({ target: { origin: '', builtin: 'nope', allow: [] } });
  await assert.rejects(
    run(plan),
    (error) =>
      error instanceof PerfkitError && /nope did not start: Expected one of items/.test(error.message),
  );
});

test('failures come with an example that holds no secret', { timeout: 60_000 }, async () => {
  process.env['PERFKIT_TEST_SECRET'] = 'hunter22';
  const server = await startScriptedServer({
    kind: 'raw',
    bytes: 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n',
  });
  try {
    const plan = loadPlan({
      target: { origin: `http://127.0.0.1:${server.port}`, builtin: null, allow: [] },
      phases: [phase({ maxRequests: 3, forNs: 30e9 })],
      flows: [flow([step({ path: '/?key=${secret:PERFKIT_TEST_SECRET}' })])],
      limits: patient,
    });
    const { intervals } = await run(plan);
    assert.deepEqual(errorsByClass(intervals), { status_4xx: 3 });
    assert.doesNotMatch(JSON.stringify(intervals.map(({ errors }) => errors)), /hunter22/);
  } finally {
    await server.close();
  }
});
