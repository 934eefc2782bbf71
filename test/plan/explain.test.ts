import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { arrivalsOf, requestsOf } from '../../src/plan/resolve/expected-samples.ts';
import { samplesNeeded } from '../../src/model/target.ts';
import { explainPlan, explainPlanOn } from '../../src/plan/explain.ts';
import { benchYaml, planYaml } from './scenario-folder.ts';

const machine = { fileDescriptors: 1024, ports: { first: 32768, last: 60999 } };

const load = `version: 1
kind: load
name: demo/api
tags: [api]
target: {http: "http://127.0.0.1:8080"}
phases:
  - {name: warmup, for: 5s, rate: 50/s, measure: false}
  - {name: steady, for: 30s, rate: 400/s, spacing: poisson}
  - {name: burst, for: 1m, rate: 1000/s, requests: 500, connections: 2000}
  - {name: users, for: 10s, users: 20}
flows:
  - name: browse
    weight: 3
    steps:
      - {get: "/items?page=1"}
      - {get: /items/1, name: item}
  - name: buy
    steps:
      - {post: /cart, name: cart, json: {id: 1}}
targets:
  - {id: A1, expr: "response_time p95 < 200ms in steady"}
  - response_time{name:cart} p99.9 < 1s in steady
  - {expr: 'response_time{name:cart} p99 < 1s in users', severity: warn}
  - connect_time p99 < 10ms
  - errors rate < 0.1%
`;

test('a load plan says what will be sent, what it takes and which targets can be decided', async () => {
  const text = explainPlanOn(await planYaml(load), machine).replace(/hash {9}\w+/, 'hash         0000');
  assert.equal(text, expectedLoad);
});

test('a bench plan says how often what runs', async () => {
  const yaml = `${benchYaml}  - {name: off, use: noop, options: {key: "\${secret:KEY}"}}
workload: {mix: {get: 9, set: 1}}
run: {warmup: 500ms, for: 2s, rounds: 3, concurrency: [1, 8]}
reference: off
targets:
  - {id: C1, expr: "op_duration{subject:lru,op:set} p99 < 10us", source: own}
  - "throughput rate > 1M/s"
`;
  const text = explainPlanOn(await planYaml(yaml, { env: { KEY: 'hunter2' } }), machine).replace(
    /hash {9}\w+/,
    'hash         0000',
  );
  assert.equal(text, expectedBench);
});

test('a bench at a rate tells how many operations that makes', async () => {
  const text = explainPlanOn(
    await planYaml(
      `${benchYaml}run: {for: 2s, rounds: 2, arrivals: 50/s}\ntargets: ["op_duration p99 < 1ms"]\n`,
    ),
    machine,
  );
  assert.match(text, /50\/s, started on time: 100 operations a run/);
  assert.match(text, /needs 1000 samples, gets 200: NOT ENOUGH/);
});

test('a machine that does not tell its limits is not guessed at', async () => {
  const text = explainPlanOn(await planYaml(load), { fileDescriptors: null, ports: null });
  assert.match(text, /at most 2000 at once; limit of open files unknown, port range unknown\n/);
  assert.match(explainPlan(await planYaml(load)), /at most 2000 at once; /);
});

test('a percentile needs ten samples beyond it', () => {
  assert.deepEqual(
    [50, 90, 95, 99, 99.9, 99.99].map((percentile) => samplesNeeded({ kind: 'percentile', percentile })),
    [20, 100, 200, 1000, 10_000, 100_000],
  );
});

test('arrivals of a phase are those that fall due within it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 20_000 }),
      (ratePerSecond, ms) => {
        const phase = {
          name: 'p',
          forNs: ms * 1e6,
          arrivals: { model: 'open', ratePerSecond, spacing: 'uniform' },
          flows: ['f'],
          with: null,
          maxRequests: null,
          maxFlows: null,
          maxFlowsPerUser: null,
          pacingNs: null,
          measured: true,
          connections: 1,
        } as const;
        // Number k is due at k / rate, so the count is the smallest n with n / rate >= duration; exact in integers.
        const exact = (BigInt(ratePerSecond) * BigInt(ms) + 999n) / 1000n;
        assert.equal(arrivalsOf(phase), Number(exact));
        const step = {
          name: 's',
          method: 'GET',
          path: '/',
          headers: [],
          body: null,
          bodyFormat: 'text',
          expectStatus: [],
          think: null,
        } as const;
        const flows = [
          { name: 'f', kind: 'requests', weight: 1, steps: [step, { ...step, name: 't' }] },
        ] as const;
        assert.equal(requestsOf(phase, flows), 2 * Number(exact));
        assert.equal(requestsOf({ ...phase, maxRequests: 3 }, flows), Math.min(3, 2 * Number(exact)));
      },
    ),
    { numRuns: 300 },
  );
});

const expectedLoad = `demo/api (load)
  file         x.perfkit.yaml
  tags         api
  seed         1
  hash         0000
  time         at most 46.5s

target
  server       http://127.0.0.1:8080
  hosts        127.0.0.1
  sockets      at most 2000 at once; ulimit -n is 1024, 28232 local ports. NOT ENOUGH: raise it: ulimit -n 2064

phases
  warmup       5.00s, 50/s uniform, 250 arrivals with 438 requests, at most 10 in flight, not measured
  steady       30.0s, 400/s poisson, about 12000 arrivals with 21000 requests, at most 40 in flight
  burst        1.00min, 1000/s uniform, at most 500 requests, at most 2000 in flight
  users        10.0s, 20 users, each with one request at a time, as many requests as the server answers

requests
  browse 75.0% GET /items?page=1  name GET /items
               GET /items/1  name item
  buy 25.0%    POST /cart  name cart, body 8.00B

limits
  time-outs    10.0s a request, 5.00s to connect
  replies      at most 16.0MiB of body, 64.0KiB of header
  waiting      at most 10000 arrivals wait for a connection, more are dropped
  end          requests in flight get 5.00s, then they are cut
  pacing       precise: one core is kept busy

targets
  A1           response_time p95 < 200ms in steady: needs 200 samples, gets 21000: enough
  -            response_time{name:cart} p99.9 < 1s in steady: needs 10000 samples, gets 3000: NOT ENOUGH, it will be underpowered
  -            response_time{name:cart} p99 < 1s in users (warns only): needs 1000 samples, there are if one operation takes at most 28.6ms and each is timed
  -            connect_time p99 < 10ms: needs 1000 samples
  -            errors rate < 0.1%
`;

const expectedBench = `cache/get (bench)
  file         x.perfkit.yaml
  seed         1
  hash         0000
  time         at most 33.0s

runs
  number       12 (subjects: 2, concurrencies: 2, rounds: 3), interleaved
  each         2.00s measured after 500ms of warm-up
  isolation    a fresh process for each run
  concurrency  1, 8
  arrivals     the next operation starts when one ends

workload
  keys         10000, zipf(0.99)
  values       256B
  mix          get 90.0%, set 10.0%

subjects
  lru          driver cache
  off          driver noop {"key":"\${secret:KEY}"}  (reference)

targets
  C1           op_duration{subject:lru,op:set} p99 < 10us: needs 1000 samples, there are if one operation takes at most 600us and each is timed
  -            throughput rate > 1M/s
`;
