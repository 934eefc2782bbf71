import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PerfkitError } from '../../../src/model/errors.ts';
import { loadScenarioFromUrl } from '../../../src/plan/from/from-url.ts';
import { plan } from '../../../src/plan/plan.ts';
import { known } from '../scenario-folder.ts';
import type { LoadPlan } from '../../../src/model/plan.ts';
import type { UrlLoadOptions } from '../../../src/plan/from/from-url.ts';

async function planUrl(url: string, options: UrlLoadOptions = {}): Promise<LoadPlan> {
  const made = await plan(
    { file: null, scenario: loadScenarioFromUrl(url, options) },
    { known, env: { TOKEN: 'x' } },
  );
  assert.ok(made.kind === 'load');
  return made;
}

const unlimited = { flows: ['main'], with: null, maxFlows: null, maxFlowsPerUser: null, pacingNs: null };

test('a URL alone means 50 connections for 10 s', async () => {
  const made = await planUrl('http://127.0.0.1:8080/items?page=1');
  assert.equal(made.scenario.name, '127.0.0.1-8080/items');
  assert.deepEqual(made.target, { origin: 'http://127.0.0.1:8080', builtin: null, allow: [] });
  assert.deepEqual(made.phases, [
    {
      name: 'main',
      forNs: 10e9,
      arrivals: { model: 'closed', users: 50 },
      ...unlimited,
      maxRequests: null,
      measured: true,
      connections: 50,
    },
  ]);
  assert.deepEqual(made.flows, [
    {
      name: 'main',
      kind: 'requests',
      weight: 1,
      steps: [
        {
          name: 'GET /items',
          method: 'GET',
          path: '/items?page=1',
          headers: [],
          body: null,
          bodyFormat: 'text',
          expectStatus: [],
          think: null,
        },
      ],
    },
  ]);
});

test('the flags end up in the plan', async () => {
  const made = await planUrl('http://localhost/', {
    connections: 7,
    durationNs: 2_500_000_000,
    rate: 1234.5,
    requests: 10,
    method: 'post',
    headers: [
      ['x-a', '1'],
      ['authorization', 'Bearer ${secret:TOKEN}'],
      ['x-a', '2'],
    ],
    body: '{"a":1}',
    timeoutNs: 250e6,
  });
  assert.deepEqual(made.phases, [
    {
      name: 'main',
      forNs: 2.5e9,
      arrivals: { model: 'open', ratePerSecond: 1234.5, spacing: 'uniform' },
      ...unlimited,
      maxRequests: 10,
      measured: true,
      connections: 7,
    },
  ]);
  const step = made.flows[0]?.steps[0];
  assert.deepEqual(
    [step?.method, step?.body, step?.headers],
    [
      'POST',
      '{"a":1}',
      [
        ['x-a', '1'],
        ['x-a', '2'],
        ['authorization', 'Bearer ${secret:TOKEN}'],
      ],
    ],
  );
  assert.equal(made.limits.timeoutNs, 250e6);
});

test('a number of requests ends the run, which is bounded all the same', async () => {
  const [closed, open, both] = await Promise.all([
    planUrl('http://127.0.0.1', { requests: 100 }),
    planUrl('http://127.0.0.1', { requests: 100, rate: 50 }),
    planUrl('http://127.0.0.1', { requests: 100, durationNs: 1e9 }),
  ]);
  assert.deepEqual(
    [closed, open, both].map(({ phases }) => [phases[0]?.forNs, phases[0]?.maxRequests]),
    [
      [3600e9, 100],
      [2e9, 100],
      [1e9, 100],
    ],
  );
});

test('a host that is named is allowed', async () => {
  assert.deepEqual((await planUrl('http://example.com:81/')).target.allow, ['example.com']);
  assert.deepEqual((await planUrl('http://[::1]:81/')).target, {
    origin: 'http://[::1]:81',
    builtin: null,
    allow: [],
  });
});

for (const [url, options, expected] of [
  ['localhost:8080', {}, 'expected a URL, got "localhost:8080": write http://localhost:8080'],
  [
    'wss://localhost',
    {},
    'expected an http:// or https:// URL: a WebSocket is a step of a scenario (`ws: /path`), got "wss://localhost"',
  ],
  [
    'http://127.0.0.1',
    { perConnection: 1001 },
    'expected requests at a time on a connection from 1 to 1000, got 1001',
  ],
  [
    'http://127.0.0.1',
    { connections: 1000, perConnection: 101 },
    'expected connections times requests at a time on each from 1 to 100000, got 101000',
  ],
  [
    'http://me:hunter2@localhost',
    {},
    'expected a URL without a user name or password: send an `authorization` header with ${secret:NAME} instead',
  ],
  ['http://a b', {}, 'expected a URL such as "http://127.0.0.1:8080/path", got "http://a b"'],
  ['http://127.0.0.1', { connections: 0 }, 'expected a number of connections from 1 to 100000, got 0'],
  ['http://127.0.0.1', { requests: 1.5 }, 'expected a number of requests from 1 to 1000000000, got 1.5'],
  ['http://127.0.0.1', { rate: NaN }, 'expected a rate above 0 and at most 10000000/s, got NaN/s'],
  ['http://127.0.0.1', { durationNs: 0 }, 'expected a duration above 0 and at most 24 h, got 0 s'],
  ['http://127.0.0.1', { timeoutNs: -1e9 }, 'expected a time-out above 0 and at most 24 h, got -1 s'],
  [
    'http://127.0.0.1',
    { requests: 1e9, rate: 1 },
    '1000000000 requests at 1/s take longer than 24 h: raise the rate or send fewer',
  ],
  [
    'http://127.0.0.1',
    { method: 'BREW' },
    'expected a method of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, got "BREW"',
  ],
] as const) {
  test(`${url} with ${JSON.stringify(options)} is refused`, () => {
    assert.throws(
      () => loadScenarioFromUrl(url, options),
      (error) => error instanceof PerfkitError && error.code === 'usage' && error.message === expected,
    );
  });
}
