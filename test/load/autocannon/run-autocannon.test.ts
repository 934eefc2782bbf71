import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { autocannonNote } from '../../../src/load/autocannon/interval-recorder.ts';
import { PerfkitError } from '../../../src/model/errors.ts';
import { runLoadWith } from '../../../src/run/load.ts';
import { startScriptedServer } from '../../../src/server/scripted-server.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';
import { collected, counted, errorsByClass } from '../run-engine.ts';
import type { AddressInfo } from 'node:net';
import type { EngineOutcome } from '../../../src/model/engine.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { LoadPlan } from '../../../src/model/plan.ts';
import type { LoadEngineName } from '../../../src/run/load.ts';
import type { Script } from '../../../src/server/script.ts';

interface Ran {
  readonly outcome: EngineOutcome;
  readonly intervals: readonly Interval[];
}

async function runWith(
  engine: LoadEngineName,
  plan: LoadPlan,
  signal = new AbortController().signal,
  seen: () => void = () => undefined,
): Promise<Ran> {
  const intervals: Interval[] = [];
  const outcome = await runLoadWith(engine, plan, {
    signal,
    sink: (interval) => {
      intervals.push(interval);
      seen();
    },
    progress: () => undefined,
  });
  return { outcome, intervals };
}

/** The machine may stand still for a minute. */
const patient = { ...limits, timeoutNs: 600e9, connectTimeoutNs: 600e9, gracefulStopNs: 600e9 };

function planFor(port: number, changes: Partial<LoadPlan> = {}): LoadPlan {
  return loadPlan({
    target: { origin: `http://127.0.0.1:${port}`, builtin: null, allow: [] },
    phases: [phase({ maxRequests: 200, forNs: 600e9 })],
    limits: patient,
    ...changes,
  });
}

async function against<T>(
  script: Script,
  use: (port: number, requests: () => number) => Promise<T>,
): Promise<T> {
  const server = await startScriptedServer(script);
  try {
    return await use(server.port, server.requests);
  } finally {
    await server.close();
  }
}

const quick: Script = { kind: 'timed', warmupRequests: 0, delayNs: 0, stall: null };
const slow: Script = { kind: 'timed', warmupRequests: 0, delayNs: 20e6, stall: null };

function sums(intervals: readonly Interval[]): { arrivals: number; ok: number; errors: number } {
  return {
    arrivals: counted(intervals, 'arrivals'),
    ok: counted(intervals, 'throughput'),
    errors: counted(intervals, 'errors'),
  };
}

describe('autocannon beside the native engine', { timeout: 900_000 }, () => {
  for (const engine of ['native', 'autocannon'] as const) {
    test(`${engine} sends the server exactly the requests that it reports`, async () => {
      await against(quick, async (port, requests) => {
        const { outcome, intervals } = await runWith(engine, planFor(port));
        assert.equal(outcome.complete, true);
        assert.equal(requests(), 200);
        assert.deepEqual(sums(intervals), { arrivals: 200, ok: 200, errors: 0 });
        assert.equal(collected(intervals, 'response_time').count, 200);
        assert.equal(collected(intervals, 'service_time').count, 200);
      });
    });

    test(`${engine} lets the last replies of a phase come in, and counts them`, async () => {
      await against(slow, async (port, requests) => {
        const timed = phase({ forNs: 300e6, arrivals: { model: 'closed', users: 4 }, connections: 4 });
        const { intervals } = await runWith(engine, planFor(port, { phases: [timed] }));
        const { arrivals, ok, errors } = sums(intervals);
        assert.deepEqual({ arrivals, ok, errors }, { arrivals: requests(), ok: requests(), errors: 0 });
        assert.ok(collected(intervals, 'response_time').min >= 19e6);
      });
    });

    test(`${engine} sends the same requests: method, path, headers, body`, async () => {
      const seen: string[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const {
            host,
            'user-agent': agent,
            accept,
            'content-length': length,
            'x-key': key,
          } = request.headers;
          seen.push(JSON.stringify([request.method, request.url, host, agent, accept, length, key, body]));
          response.end('ok');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      process.env['PERFKIT_TEST_KEY'] = 'hunter22';
      try {
        const { port } = server.address() as AddressInfo;
        const steps = [
          step({ name: 'a', path: '/a?b=1', headers: [['X-Key', '${secret:PERFKIT_TEST_KEY}']] }),
          step({ name: 'b', method: 'POST', path: '/b', body: '{"ü":1}', bodyFormat: 'json' }),
          step({ name: 'c', method: 'PUT', path: '/c' }),
        ];
        const plan = planFor(port, {
          flows: [flow(steps)],
          phases: [phase({ maxRequests: 6, forNs: 600e9, arrivals: { model: 'closed', users: 1 } })],
        });
        const { intervals } = await runWith(engine, plan);
        const row = (method: string, path: string, length?: string, key?: string, body = ''): string =>
          JSON.stringify([
            method,
            path,
            `127.0.0.1:${port}`,
            seen[0]?.match(/perfkit\/[\d.]+/)?.[0],
            '*/*',
            length,
            key,
            body,
          ]);
        const once = [
          row('GET', '/a?b=1', undefined, 'hunter22'),
          row('POST', '/b', '8', undefined, '{"ü":1}'),
          row('PUT', '/c', '0'),
        ];
        assert.deepEqual(seen, [...once, ...once]);
        for (const name of ['a', 'b', 'c'])
          assert.equal(collected(intervals, 'response_time', 'data', name).count, 2, name);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  }

  const cases: readonly (readonly [what: string, script: Script, errors: Record<string, number>])[] = [
    [
      'another status',
      { kind: 'raw', bytes: 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n' },
      { status_5xx: 30 },
    ],
    ['a reset', { kind: 'cut', how: 'reset', afterBytes: 0 }, { reset: 30 }],
    ['a closed connection', { kind: 'cut', how: 'close', afterBytes: 0 }, { closed: 30 }],
  ];
  for (const [what, script, errors] of cases) {
    test(`counts ${what} as the native engine does: each request in one class`, async () => {
      await against(script, async (port) => {
        const plan = planFor(port, {
          phases: [phase({ maxRequests: 30, forNs: 600e9, arrivals: { model: 'closed', users: 2 } })],
        });
        const { intervals } = await runWith('autocannon', plan);
        assert.deepEqual(errorsByClass(intervals), errors);
        assert.deepEqual(sums(intervals), { arrivals: 30, ok: 0, errors: 30 });
      });
    });
  }

  test('a time-out is an error, and a latency of at least that', async () => {
    await against({ kind: 'silent' }, async (port) => {
      const plan = planFor(port, {
        phases: [phase({ maxRequests: 2, forNs: 600e9 })],
        limits: { ...patient, timeoutNs: 1e9 },
      });
      const { intervals } = await runWith('autocannon', plan);
      assert.deepEqual(errorsByClass(intervals), { timeout: 2 });
      assert.equal(sums(intervals).arrivals, 2);
      const censored = intervals
        .flatMap(({ histograms }) => histograms)
        .filter((one) => one.censored.length > 0);
      assert.deepEqual(censored.map(({ metric }) => metric).toSorted(), ['response_time', 'service_time']);
    });
  });

  test('an interrupt ends it early with what was measured', async () => {
    await against(slow, async (port) => {
      const stop = new AbortController();
      const plan = planFor(port, { phases: [phase({ forNs: 600e9 })] });
      const { outcome, intervals } = await runWith('autocannon', plan, stop.signal, () => stop.abort());
      assert.equal(outcome.complete, false);
      const { arrivals, ok, errors } = sums(intervals);
      assert.ok(ok > 0);
      assert.equal(arrivals, ok + errors);
    });
  });

  test('says how it measured, and leaves out what it cannot measure', async () => {
    await against(quick, async (port) => {
      const { intervals } = await runWith('autocannon', planFor(port));
      const slices = intervals.flatMap(({ histograms }) => histograms);
      assert.deepEqual([...new Set(slices.map(({ metric }) => metric))], ['response_time', 'service_time']);
      for (const { note } of slices) assert.equal(note, autocannonNote);
      const counters = new Set(intervals.flatMap((one) => one.counters.map(({ metric }) => metric)));
      assert.equal(counters.has('dropped_arrivals'), false);
      // nanoseconds, not autocannon's own whole milliseconds
      const latencies = collected(intervals, 'response_time');
      assert.ok(latencies.min > 0 && latencies.min % 1e6 !== 0);
    });
  });
});

describe('what autocannon cannot carry out', () => {
  const cases: readonly (readonly [what: string, changes: Partial<LoadPlan>, message: RegExp])[] = [
    [
      'a rate',
      { phases: [phase({ arrivals: { model: 'open', ratePerSecond: 5, spacing: 'uniform' } })] },
      /phase steady: it sends a rate in bursts.*expected users/,
    ],
    [
      'users that ramp up',
      { phases: [phase({ arrivals: { model: 'closed', users: 1, toUsers: 5 } })] },
      /number of connections is fixed/,
    ],
    ['several flows', { flows: [flow([step()]), flow([step({ name: 'b' })])] }, /has 2/],
    ['a WebSocket', { flows: [{ ...flow(), kind: 'socket' }] }, /it sends requests, not socket/],
    ['cookies', { flows: [{ ...flow(), cookies: true }] }, /it has no `cookies`/],
    [
      'variables',
      { flows: [flow([step({ path: '/${data:users.id}' })])] },
      /sends the same request each time, without variables/,
    ],
    ['a token', { flows: [flow([step({ bearer: 'x' })])] }, /step get: it has no `bearer`/],
    [
      'HTTP/2',
      { target: { origin: 'http://127.0.0.1:1', builtin: null, allow: [], protocol: 'http2' } },
      /HTTP\/1\.1 only/,
    ],
    [
      'new connections',
      { target: { origin: 'http://127.0.0.1:1', builtin: null, allow: [], newConnections: true } },
      /it has no `newConnections`/,
    ],
    ['HEAD', { flows: [flow([step({ method: 'HEAD' })])] }, /cannot read replies to HEAD/],
    [
      'think time',
      { flows: [flow([step({ think: { kind: 'uniform', minNs: 1, maxNs: 2 } })])] },
      /step get: it has no `think`/,
    ],
    ['pacing', { phases: [phase({ pacingNs: 1e9 })] }, /phase steady: it has no `pacingNs`/],
    [
      'a header twice',
      {
        flows: [
          flow([
            step({
              headers: [
                ['a', '1'],
                ['A', '2'],
              ],
            }),
          ]),
        ],
      },
      /a is there twice/,
    ],
    ['a short time-out', { limits: { ...limits, timeoutNs: 5e8 } }, /shortest time-out is 1s, got 500ms/],
    [
      'https',
      { target: { origin: 'https://127.0.0.1:1', builtin: null, allow: [] } },
      /never verifies certificates/,
    ],
  ];
  for (const [what, changes, message] of cases) {
    test(`${what} is refused before anything is connected`, async () => {
      await assert.rejects(runWith('autocannon', planFor(9, changes)), (error) => {
        assert.ok(error instanceof PerfkitError);
        assert.match(error.message, message);
        assert.match(error.message, /use --engine native/);
        return true;
      });
    });
  }

  test('everything that is too much is told at once', async () => {
    const plan = planFor(9, {
      flows: [flow([step({ method: 'HEAD' })])],
      limits: { ...limits, timeoutNs: 5e8 },
    });
    await assert.rejects(runWith('autocannon', plan), /time-out[\s\S]*HEAD/);
  });
});
