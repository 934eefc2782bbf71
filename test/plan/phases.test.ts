import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainPlanOn } from '../../src/plan/explain.ts';
import { faultsOf, heads, planYaml } from './scenario-folder.ts';
import type { LoadPlan } from '../../src/model/plan.ts';

const flows = `flows:
  - {name: browse, weight: 3, steps: [{get: /a, think: 1s..3s}, {get: /b}]}
  - {name: buy, steps: [{get: /c, think: exponential(2s)}]}
  - {name: feed, steps: [{get: /d, think: 500ms}]}
`;

function yaml(phases: string, rest = flows): string {
  return `version: 1\nkind: load\nname: x\ntarget: {http: "http://127.0.0.1"}\nphases:\n${phases}${rest}`;
}

async function load(text: string): Promise<LoadPlan> {
  const made = await planYaml(text);
  assert.ok(made.kind === 'load');
  return made;
}

async function faults(phases: string): Promise<string[]> {
  return heads(await faultsOf(yaml(phases))).map((line) => line.replace(/^x\.perfkit\.yaml:/, ''));
}

test('ramps, flows, companions and budgets are resolved', async () => {
  const { phases, expectedNs, workers } = await load(
    `${yaml(`  - {name: up, for: 20s, rate: "50/s -> 400/s"}
  - {name: steady, for: 30s, users: 0 -> 200, iterations: 1000, iterationsPerUser: 10, pacing: 5s}
  - {name: feed, with: steady, users: 20, flow: feed}
  - {name: longer, for: 1m, with: steady, rate: 5/s, flows: [feed, buy]}
`)}workers: 3\n`,
  );
  assert.deepEqual(
    phases.map(({ name, forNs, flows: names, with: company }) => [name, forNs, names, company]),
    [
      ['up', 20e9, ['browse'], null],
      ['steady', 30e9, ['browse'], null],
      ['feed', 30e9, ['feed'], { phase: 'steady', toItsEnd: true }],
      ['longer', 60e9, ['feed', 'buy'], { phase: 'steady', toItsEnd: false }],
    ],
  );
  const [up, steady] = phases;
  assert.deepEqual(up?.arrivals, {
    model: 'open',
    ratePerSecond: 50,
    toRatePerSecond: 400,
    spacing: 'uniform',
  });
  // replies of 100 ms and two seconds to think, at the highest rate
  assert.equal(up?.connections, 40 + 800);
  assert.deepEqual(steady?.arrivals, { model: 'closed', users: 0, toUsers: 200 });
  assert.deepEqual(
    [steady?.connections, steady?.maxFlows, steady?.maxFlowsPerUser, steady?.pacingNs],
    [200, 1000, 10, 5e9],
  );
  assert.equal(expectedNs, 20e9 + 60e9 + 1e9);
  assert.equal(workers, 3);
});

test('the time to think is constant, between two bounds, or exponential', async () => {
  const plan = await load(yaml('  - {name: a, for: 1s, rate: 1/s}\n'));
  assert.deepEqual(
    plan.flows.map(({ steps }) => steps[0]?.think),
    [
      { kind: 'uniform', minNs: 1e9, maxNs: 3e9 },
      { kind: 'exponential', meanNs: 2e9 },
      { kind: 'uniform', minNs: 500e6, maxNs: 500e6 },
    ],
  );
  for (const wrong of ['3s..1s', '1', 'exponential(0s)', '1s..2s..3s', 'soon'])
    assert.match(
      await faultsOf(yaml('  - {name: a, for: 1s, rate: 1/s}\n').replace('500ms', `"${wrong}"`)),
      /expected a time to think such as "1s", "1s\.\.3s" or "exponential\(2s\)", got/,
    );
});

test('what does not go together in phases is reported with its place', async () => {
  const found = await faults(`  - {name: early, with: a, rate: 1/s}
  - {name: a, for: 1s, rate: 1/s, pacing: 1s, iterationsPerUser: 2}
  - {name: b, with: a, users: 1, flow: bye}
  - {name: c, with: b, users: 1, flow: buy, flows: [browse]}
  - {name: d, with: d, users: 1}
  - {name: e, with: z, for: 1s, users: 1, flows: [feed, feed]}
  - {name: f, users: 1}
`);
  assert.deepEqual(found, [
    '6:25: `a` comes later: move it before this phase',
    '7:43: `pacing` goes with `users`: with `rate` each arrival is a new user',
    '7:66: `iterationsPerUser` goes with `users`: with `rate` each arrival is a new user',
    '8:40: unknown flow `bye`: expected one of `browse`, `buy`, `feed`',
    '9:21: `b` itself runs beside `a`: name that one, all of them start together',
    '9:40: expected either `flow` or `flows`, got both',
    '10:21: a phase cannot run beside itself',
    '11:21: unknown phase `z`: expected one of `a`, `f`',
    '11:57: the flow `feed` is there twice',
    '12:5: `for` is missing: how long the phase takes',
  ]);
});

test('a ramp that is none is reported with advice', async () => {
  for (const [written, message] of [
    ['rate: 0/s -> 0/s', 'expected a rate above 0 at one end of the ramp, got "0/s -> 0/s"'],
    ['rate: 1/s -> 1e12/s', 'expected at most 10000000/s, got "1/s -> 1e12/s"'],
    ['rate: 1/s -> 5', 'a unit is missing: write 5/s'],
    [
      'rate: 1/s -> 2/s -> 3/s',
      'expected a ramp of two rates such as "50/s -> 400/s", got "1/s -> 2/s -> 3/s"',
    ],
    ['users: 0 -> 0', 'expected 1 to 100000 users at one end of the ramp, got "0 -> 0"'],
    ['users: 0 -> many', 'expected a ramp of users such as "0 -> 200", got "0 -> many"'],
    ['users: 0 -> 1000000', 'expected 1 to 100000 users at one end of the ramp, got "0 -> 1000000"'],
  ] as const) {
    const [first] = await faults(`  - {name: a, for: 1s, ${written}}\n`);
    assert.equal(first?.replace(/^[\d:]+ /, ''), message);
  }
});

test('every flow needs a phase that may run it, and every phase a flow', async () => {
  assert.match(
    (
      await faults(`  - {name: a, for: 1s, rate: 1/s, flows: [browse, buy, feed]}
  - {name: b, for: 1s, rate: 1/s}
`)
    ).join('\n'),
    /7:5: every flow belongs to a phase that names it: say which `flow` this one runs/,
  );
});

test('fewer connections than workers are refused', async () => {
  const text = `${yaml('  - {name: a, for: 1s, rate: 1/s, connections: 2}\n')}workers: 4\n`;
  assert.match(await faultsOf(text), /expected at least one connection for each of the 4 workers, got 2/);
  const { phases } = await load(`${yaml('  - {name: a, for: 1s, rate: 1/s}\n', '')}workers: 40\n`);
  assert.equal(phases[0]?.connections, 40);
});

test('the plan is explained with its ramps, companions, budgets and times to think', async () => {
  const plan = await load(
    `${yaml(`  - {name: up, for: 20s, rate: "0/s -> 400/s", spacing: poisson}
  - {name: steady, for: 30s, users: 0 -> 200, iterations: 1000, iterationsPerUser: 10, pacing: 5s}
  - {name: feed, with: steady, users: 20, flow: feed}
  - {name: longer, for: 1m, with: steady, rate: 5/s, flow: buy}
targets: ["response_time{name:GET /a} p95 < 1s in up"]
`)}workers: 2\n`,
  );
  const text = explainPlanOn(plan, { fileDescriptors: 4096, ports: null });
  const part = text.slice(text.indexOf('phases'), text.indexOf('limits'));
  assert.equal(
    part,
    `phases
  up           20.0s, runs browse, 0/s -> 400/s poisson, about 4000 arrivals with 8000 requests, at most 840 flows at once
  steady       30.0s, runs browse, 0 -> 200 users, each with one request at a time, a flow every 5.00s each, at most 10 flows each, as many requests as the server answers, at most 1000 flows
  feed         beside steady, to its end, runs feed, 20 users, each with one request at a time, as many requests as the server answers
  longer       beside steady for 1.00min, runs buy, 5/s uniform, 300 requests, at most 10 in flight

requests
  browse 60.0% GET /a, then thinks 1.00s to 3.00s
               GET /b
  buy 20.0%    GET /c, then thinks 2.00s on the average
  feed 20.0%   GET /d, then thinks 500ms

`,
  );
  assert.match(text, /sockets +at most 870 at once/);
  assert.match(text, /workers +2 threads share the load exactly/);
  assert.match(text, /needs 200 samples, gets 4000: enough/);
});
