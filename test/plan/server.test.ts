import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explainPlan } from '../../src/plan/explain.ts';
import { faultsOf, heads, loadYaml, planYaml } from './scenario-folder.ts';
import type { LoadPlan } from '../../src/model/plan.ts';

async function load(more: string, env: Record<string, string> = {}): Promise<LoadPlan> {
  const plan = await planYaml(loadYaml + more, { env });
  assert.equal(plan.kind, 'load');
  return plan;
}

async function fault(more: string): Promise<string> {
  const found = heads(await faultsOf(loadYaml + more));
  assert.equal(found.length, 1, found.join('\n'));
  return found[0] ?? '';
}

describe('server', () => {
  test('is resolved with its defaults, and shown by the plan', async () => {
    const plan = await load('server: {metrics: /metrics}\n');
    assert.deepEqual(plan.server, {
      everyNs: 1e9,
      scrape: { origin: null, path: '/metrics', headers: [], keep: [], maxSeries: 200 },
      process: null,
    });
    assert.match(explainPlan(plan), /\n {2}reads +\/metrics \(at most 200 series\), every 1\.00s\n/);
  });

  test('takes a URL, headers with secrets, patterns and a process in each of its forms', async () => {
    const plan = await load(
      'server: {metrics: "http://127.0.0.1:9/m?x=1", every: 500ms, keep: [http_*], headers: {x-key: "${secret:KEY}"}, auth: {bearer: "${secret:TOKEN}"}, process: builtin}\n',
      { KEY: 'k', TOKEN: 't' },
    );
    assert.deepEqual(plan.server, {
      everyNs: 0.5e9,
      scrape: {
        origin: 'http://127.0.0.1:9',
        path: '/m?x=1',
        headers: [['x-key', '${secret:KEY}']],
        bearer: '${secret:TOKEN}',
        keep: ['http_*'],
        maxSeries: 200,
      },
      process: 'builtin',
    });
    for (const written of ['12', '"12"', '{pid: 12}', '"${env:PID}"'])
      assert.equal((await load(`server: {process: ${written}}\n`, { PID: '12' })).server?.process, 12);
  });

  test('does not change the hash: what is measured is the same load', async () => {
    const plain = await load('');
    const watched = await load('server: {metrics: /m, process: 12}\ntargets: ["server.rss max < 1GB"]\n');
    assert.equal(watched.scenario.hash, plain.scenario.hash);
  });

  for (const [what, text, message] of [
    ['nothing to read', 'server: {}', /expected `metrics`, `process` or both/],
    ['another machine', 'server: {metrics: "http://x.example/m"}', /x\.example is not this machine/],
    ['neither path nor URL', 'server: {metrics: metrics}', /or a path that starts with "\/"/],
    ['readings without end', 'server: {metrics: /m, every: 10ms}', /expected 100ms or more/],
    [
      'a variable',
      'server: {metrics: /m, headers: {a: "${iteration}"}}',
      /\$\{iteration\} has a value only while a flow runs/,
    ],
    ['keep alone', 'server: {process: 12, keep: [a]}', /`keep` goes with `metrics`/],
    ['a process that cannot be', 'server: {process: 0}', /expected a whole number from 1 to 4194304/],
    ['a process by name', 'server: {process: node}', /expected "builtin" or the id of a process/],
    [
      'two authorizations',
      'server: {metrics: /m, headers: {Authorization: x}, auth: {bearer: y}}',
      /either this header or `auth`/,
    ],
    [
      'a metric of its own with the prefix',
      'metrics: {server.x: {unit: count, kind: gauge, better: lower}}',
      /choose another name/,
    ],
  ] as const)
    test(`refuses ${what}`, async () => {
      assert.match(await fault(`${text}\n`), message);
    });

  test('refuses the built-in process of a server that is not built in', async () => {
    const yaml = loadYaml.replace('builtin:demo', 'http://127.0.0.1:9');
    const found = heads(await faultsOf(`${yaml}server: {process: builtin}\n`));
    assert.match(found.join(), /the target is no built-in server/);
  });
});

describe('a target on server.*', () => {
  const scraped = 'server: {metrics: /m}\n';

  test('takes any name and label, and the unit of the name', async () => {
    const plan = await load(
      `${scraped}targets: ["server.a:b_bytes{name:x,le:1} max < 1MB", "server.t_seconds p99 < 10ms", "server.n_total rate > 5/s", "server.pool value <= 80%", "server.heap_bytes slope < 1kB/s in steady"]\n`,
    );
    assert.deepEqual(
      plan.targets.map(({ target }) => target.limit),
      [1e6, 10e6, 5, 0.8, 1e3].map((value) => ({ kind: 'number', value })),
    );
    assert.deepEqual(plan.metrics.find(({ name }) => name === 'server.t_seconds')?.kind, 'histogram');
  });

  test('on CPU time is a time for one operation', async () => {
    const plan = await load('server: {process: 12}\ntargets: ["server.cpu_time rate < 2ms"]\n');
    assert.deepEqual(plan.targets[0]?.target.limit, { kind: 'number', value: 2e6 });
  });

  for (const [what, text, message] of [
    ['without `server`', 'targets: ["server.rss max < 1MB"]', /does with `server: \{metrics: \/metrics\}`/],
    [
      'that only a page could tell',
      'server: {process: 12}\ntargets: ["server.rs max < 1MB"]',
      /unknown metric `server\.rs`: did you mean `server\.rss`\?; what the server tells itself/,
    ],
    ['in a phase as tag', `${scraped}targets: ["server.a{phase:x} max < 1"]`, /write `in NAME`/],
    ['without unit', `${scraped}targets: ["server.a_bytes max < 1"]`, /a unit is missing/],
    ['in an unknown phase', `${scraped}targets: ["server.a max < 1 in nowhere"]`, /unknown phase/],
  ] as const)
    test(`is refused ${what}`, async () => {
      assert.match(await fault(`${text}\n`), message);
    });
});
