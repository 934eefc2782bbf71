import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../src/plan/resolve/hash-plan.ts';
import { plan } from '../../src/plan/plan.ts';
import {
  benchYaml,
  faultsOf,
  heads,
  known,
  loadYaml,
  messageOfFailure,
  planYaml,
} from './scenario-folder.ts';
import type { BenchPlan, LoadPlan } from '../../src/model/plan.ts';

async function benchPlan(...args: Parameters<typeof planYaml>): Promise<BenchPlan> {
  const made = await planYaml(...args);
  assert.ok(made.kind === 'bench');
  return made;
}

async function loadPlan(...args: Parameters<typeof planYaml>): Promise<LoadPlan> {
  const made = await planYaml(...args);
  assert.ok(made.kind === 'load');
  return made;
}

async function hash(yaml: string, options = {}): Promise<string> {
  return (await planYaml(yaml, options)).scenario.hash;
}

function withHeaders(headers: string): string {
  return `${loadYaml}flows: [{name: f, steps: [{get: /, headers: ${headers}}]}]\n`;
}

test('a bench scenario is resolved to quantities without units', async () => {
  const made = await benchPlan(`version: 1
kind: bench
name: patterns/operations
tags: [patterns, quick]
subjects:
  - {name: "on", use: cache, options: {cache: true}}
  - {name: "off", use: noop}
workload: {keys: 100000, distribution: latest(1.2), mix: {get: 9, store: 1, none: 0}, valueBytes: 1KiB, seed: 7}
run: {warmup: 500ms, for: 3s, rounds: 5, isolate: none, concurrency: [1, 8], arrivals: 50k/s}
reference: "off"
`);
  const { scenario, metrics, ...rest } = made;
  assert.deepEqual(
    [scenario.name, scenario.file, scenario.tags, scenario.seed],
    ['patterns/operations', 'x.perfkit.yaml', ['patterns', 'quick'], 7],
  );
  assert.match(scenario.hash, /^[0-9a-f]{16}$/);
  assert.ok(metrics.length > 10);
  assert.deepEqual(rest, {
    schema: 'perfkit/plan@1',
    kind: 'bench',
    targets: [],
    expectedNs: 2 * 2 * 5 * 3.75e9,
    subjects: [
      { name: 'on', use: { kind: 'driver', driver: 'cache' }, options: { cache: true } },
      { name: 'off', use: { kind: 'driver', driver: 'noop' }, options: {} },
    ],
    workload: {
      keys: 100_000,
      distribution: { kind: 'latest', exponent: 1.2 },
      mix: { get: 0.9, store: 0.1 },
      valueBytes: 1024,
    },
    run: { warmupNs: 500e6, forNs: 3e9, rounds: 5, isolate: 'none', concurrency: [1, 8], arrivals: 50_000 },
    reference: 'off',
  });
});

const unlimited = { flows: ['browse'], with: null, maxFlows: null, maxFlowsPerUser: null, pacingNs: null };

test('a load scenario is resolved to quantities without units', async () => {
  const made = await loadPlan(`version: 1
kind: load
name: api
target: {http: "http://127.0.0.1:8080", allow: [db.internal]}
phases:
  - {name: ramp, for: 500ms, users: 5, measure: false}
  - {name: steady, for: 1m, rate: 600/min, spacing: poisson, connections: 7, requests: 100}
flows:
  - name: browse
    weight: 8
    steps:
      - {get: "/items?page=2", expect: {status: 200}}
      - {post: /items, name: create, headers: {x-a: [one, two]}, json: {a: 1}, expect: {status: [200, 201]}}
      - {put: /items/1, headers: {Content-Type: text/plain}, body: hé}
limits: {timeout: 1s, connectTimeout: 2s, maxBody: 1MiB, maxHeader: 8KiB, maxWaiting: 0, gracefulStop: 0s}
pacing: eco
seed: 9
`);
  assert.equal(made.scenario.seed, 9);
  assert.equal(made.expectedNs, 0.5e9 + 10e9 + 1e9);
  assert.deepEqual(made.target, { origin: 'http://127.0.0.1:8080', builtin: null, allow: ['db.internal'] });
  assert.deepEqual(made.phases, [
    {
      name: 'ramp',
      forNs: 500e6,
      arrivals: { model: 'closed', users: 5 },
      ...unlimited,
      maxRequests: null,
      measured: false,
      connections: 5,
    },
    {
      name: 'steady',
      forNs: 60e9,
      arrivals: { model: 'open', ratePerSecond: 10, spacing: 'poisson' },
      ...unlimited,
      maxRequests: 100,
      measured: true,
      connections: 7,
    },
  ]);
  assert.deepEqual(made.flows, [
    {
      name: 'browse',
      kind: 'requests',
      weight: 8,
      steps: [
        {
          name: 'GET /items',
          method: 'GET',
          path: '/items?page=2',
          headers: [],
          body: null,
          bodyFormat: 'text',
          expectStatus: [200],
          think: null,
        },
        {
          name: 'create',
          method: 'POST',
          path: '/items',
          headers: [
            ['x-a', 'one'],
            ['x-a', 'two'],
            ['content-type', 'application/json'],
          ],
          body: '{"a":1}',
          bodyFormat: 'json',
          expectStatus: [200, 201],
          think: null,
        },
        {
          name: 'PUT /items/1',
          method: 'PUT',
          path: '/items/1',
          headers: [['Content-Type', 'text/plain']],
          body: 'hé',
          bodyFormat: 'text',
          expectStatus: [],
          think: null,
        },
      ],
    },
  ]);
  assert.deepEqual(made.limits, {
    timeoutNs: 1e9,
    connectTimeoutNs: 2e9,
    maxBodyBytes: 1024 ** 2,
    maxHeaderBytes: 8192,
    maxWaiting: 0,
    gracefulStopNs: 0,
    pacing: 'eco',
  });
});

test('without flows the URL is fetched', async () => {
  const made = await loadPlan(loadYaml.replace('"builtin:demo"', '"http://localhost:80/items?x=1"'));
  assert.deepEqual(made.flows[0]?.steps, [
    {
      name: 'GET /items',
      method: 'GET',
      path: '/items?x=1',
      headers: [],
      body: null,
      bodyFormat: 'text',
      expectStatus: [],
      think: null,
    },
  ]);
  assert.equal(made.target.origin, 'http://localhost');
});

test('a plan is plain JSON', async () => {
  for (const yaml of [benchYaml, loadYaml]) {
    const made = await planYaml(yaml);
    assert.deepEqual(JSON.parse(JSON.stringify(made)), made);
  }
});

test('profiles change how long is measured and nothing else', async () => {
  const yaml = `${benchYaml}run: {warmup: 1s, for: 2s, rounds: 5}\n`;
  const runs = await Promise.all(
    (['quick', 'standard', 'full'] as const).map(async (profile) => (await benchPlan(yaml, { profile })).run),
  );
  assert.deepEqual(
    runs.map(({ warmupNs, forNs, rounds }) => [warmupNs, forNs, rounds]),
    [
      [250e6, 500e6, 3],
      [1e9, 2e9, 5],
      [1e9, 4e9, 10],
    ],
  );
  const phases = await Promise.all(
    (['quick', 'standard', 'full'] as const).map(
      async (profile) => (await loadPlan(loadYaml, { profile })).phases,
    ),
  );
  assert.deepEqual(
    phases.map((list) => list.map(({ forNs }) => forNs)),
    [
      [0.25e9, 7.5e9],
      [1e9, 30e9],
      [3e9, 90e9],
    ],
  );
  assert.ok(
    phases.every(([, steady]) => steady?.arrivals.model === 'open' && steady.arrivals.ratePerSecond === 400),
  );
});

test('what the command line says wins over scenario and profile', async () => {
  const made = await benchPlan(benchYaml, {
    profile: 'full',
    seed: 3,
    overrides: { warmupNs: 0, forNs: 1e6, rounds: 2, isolate: 'none' },
  });
  assert.deepEqual(made.run, {
    warmupNs: 0,
    forNs: 1e6,
    rounds: 2,
    isolate: 'none',
    concurrency: [1],
    arrivals: 'closed',
  });
  assert.equal(made.scenario.seed, 3);
  for (const [options, expected] of [
    [{ seed: -1 }, /expected a seed/],
    [{ overrides: { forNs: 0 } }, /duration above 0/],
    [{ overrides: { rounds: 0.5 } }, /1 to 1000 rounds/],
    [{ overrides: { warmupNs: NaN } }, /warm-up of 0 or more/],
  ] as const) {
    assert.match(await faultsOf(benchYaml, options), expected);
  }
});

test('the hash tells what is measured, not where, nor how it is judged', async () => {
  const base = await hash(benchYaml);
  assert.equal(await hash(benchYaml), base);
  assert.equal(
    await hash(`${benchYaml}tags: [a]\ntargets: ["op_duration p99 < 1ms"]\nreference: lru\n`),
    base,
  );
  assert.equal(await hash(`${benchYaml}workload: {seed: 1, keys: 10000}\n`), base);
  assert.equal(
    await hash('subjects:\n  - {use: cache, name: lru}\nname: cache/get\nkind: bench\nversion: 1\n'),
    base,
  );
  const others = await Promise.all([
    hash(benchYaml, { seed: 2 }),
    hash(benchYaml, { profile: 'quick' }),
    hash(benchYaml.replace('cache}', 'noop}')),
    hash(benchYaml.replace('cache}', 'cache, options: {max: 1}}')),
    hash(`${benchYaml}workload: {keys: 5}\n`),
    hash(loadYaml),
  ]);
  assert.equal(new Set([base, ...others]).size, 7);
  assert.equal(canonicalJson({ b: [{ d: 1, c: 2 }], a: null }), '{"a":null,"b":[{"c":2,"d":1}]}');
});

test('contradictions within a bench are reported together', async () => {
  const yaml = `version: 1
kind: bench
name: x
subjects:
  - {name: a, use: cach}
  - {name: a, use: cache, call: ./x.ts#y}
  - {name: b}
  - {name: c, tinybench: ./x.ts#y}
reference: z
run: {concurrency: [2, 2]}
`;
  assert.deepEqual(heads(await faultsOf(yaml)), [
    'x.perfkit.yaml:5:20: unknown driver `cach`: did you mean `cache`? (a module is written "./file.ts#export")',
    'x.perfkit.yaml:6:5: expected exactly one of `use`, `call` or `tinybench`, got use and call',
    'x.perfkit.yaml:6:12: the subject `a` is there twice: first in line 5, again here; keep or rename one',
    'x.perfkit.yaml:7:5: expected exactly one of `use`, `call` or `tinybench`, got none of them',
    'x.perfkit.yaml:8:5: `tinybench` and `task` go together: the Bench and the name of one of its tasks',
    'x.perfkit.yaml:8:26: no such file: "./x.ts", looked for it beside the scenario',
    'x.perfkit.yaml:9:12: unknown subject `z`: expected one of `a`, `a`, `b`, `c`',
    'x.perfkit.yaml:10:24: the concurrency `2` is there twice: first in line 10, again here; keep or rename one',
  ]);
});

test('contradictions within a load are reported together', async () => {
  const yaml = `version: 1
kind: load
name: x
target: {http: "http://u:p@example.com"}
phases:
  - {name: a, for: 1s, measure: false}
  - {name: a, for: 1s, rate: 1/s, users: 1, measure: false}
  - {name: b, for: 1s, users: 1, spacing: poisson, connections: 2, measure: false}
flows:
  - {name: f, steps: [{get: /a}, {get: "/a?b"}, {get: /, post: /}, {name: n}]}
  - {name: f, steps: [{post: /, name: m, body: x, json: 1}, {get: x, name: y}]}
`;
  const found = heads(await faultsOf(yaml));
  assert.deepEqual(found, [
    'x.perfkit.yaml:11:67: expected a path that starts with "/", has no spaces or "#" and is percent-encoded, got "x"',
  ]);
  const rest = heads(await faultsOf(yaml.replace('get: x', 'get: /x'))).map((line) =>
    line.replace(/^x\.perfkit\.yaml:/, '').slice(0, 50),
  );
  assert.deepEqual(rest, [
    '4:16: expected a URL without a user name or passwo',
    '6:3: no phase is measured: leave `measure: false` ',
    '6:5: expected either `rate` (flows started a secon',
    '7:5: expected either `rate` (flows started a secon',
    '7:12: the phase `a` is there twice: first in line ',
    '8:43: `spacing` goes with `rate`: users send when ',
    '8:65: `connections` goes with `rate`: each user ha',
    '10:34: the step `GET /a` is there twice: first in ',
    '10:49: expected exactly one of get, post, put, pat',
    '10:68: expected exactly one of get, post, put, pat',
    '11:12: the flow `f` is there twice: first in line ',
    '11:57: expected either `body` or `json`, got both',
  ]);
});

test('a host that is not this machine needs to be allowed', async () => {
  const yaml = loadYaml.replace('"builtin:demo"', '"http://example.com/"');
  assert.match(await faultsOf(yaml), /example\.com is not this machine: add it to `allow`/);
  assert.equal(
    (await loadPlan(yaml.replace('com/"', 'com/", allow: [example.com]'))).target.origin,
    'http://example.com',
  );
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]', 'a.localhost'])
    await loadPlan(yaml.replace('example.com', host));
  for (const host of ['127.0.0.1.example.com', '0.0.0.0', '10.0.0.1'])
    assert.match(await faultsOf(yaml.replace('example.com', host)), /is not this machine/);
});

test('targets of a load that cannot be sent to are refused', async () => {
  for (const [http, expected] of [
    ['ws://127.0.0.1', /expected an http:\/\/ or https:\/\/ URL: a WebSocket is a step/],
    ['ftp://127.0.0.1', /expected an http:\/\/ or https:\/\/ URL/],
    ['127.0.0.1:80', /write http:\/\/127\.0\.0\.1:80/],
    ['http://', /expected a URL such as/],
    ['builtin:dmeo', /:4:25: unknown built-in server `dmeo`: did you mean `demo`\?/],
  ] as const) {
    assert.match(await faultsOf(loadYaml.replace('builtin:demo', http)), expected, http);
  }
  const withFlows = `${loadYaml.replace('builtin:demo', 'http://127.0.0.1/api')}flows: [{name: f, steps: [{get: /}]}]\n`;
  assert.match(await faultsOf(withFlows), /write \/api in the steps/);
});

test('header names and values that would break a request are refused', async () => {
  assert.match(await faultsOf(withHeaders('{"a b": x}')), /:8:46: expected a header name, got "a b"/);
  assert.match(
    await faultsOf(withHeaders('{a: "x\\r\\nb: y"}')),
    /:8:49: expected a header value without control characters/,
  );
  assert.match(await faultsOf(withHeaders('{a: 5}')), /expected .*, got 5 \(number\)/);
});

test('a scenario made in memory is planned like a file', async () => {
  const scenario = { version: 1, kind: 'bench', name: 'x', subjects: [{ name: 'a', use: 'cache' }] };
  const made = await plan({ file: null, scenario }, { known, env: {}, cwd: '/' });
  assert.deepEqual([made.scenario.file, made.scenario.folder], [null, '/']);
  const cyclic: Record<string, unknown> = { ...scenario };
  cyclic['self'] = cyclic;
  assert.match(
    await messageOfFailure(() => plan({ file: null, scenario: cyclic }, { known })),
    /contains itself \(at \$\.self\)/,
  );
  const odd = { ...scenario, subjects: [{ name: 'a', call: () => 1 }], tags: [new Map()] };
  const message = await messageOfFailure(() => plan({ file: null, scenario: odd }, { known }));
  assert.match(
    message,
    /got a function: write the module instead, such as "\.\/subject\.ts#create" \(at \$\.subjects\[0\]\.call\)/,
  );
  assert.match(message, /got an instance of Map \(at \$\.tags\[0\]\)/);
});
