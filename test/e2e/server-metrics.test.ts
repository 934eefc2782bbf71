import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { folderWith, perfkit } from '../helpers/cli.ts';
import type { AddressInfo } from 'node:net';
import type { RunResult, Series } from '../../src/model/result.ts';

/** A server that keeps 64 KiB of every request, if it leaks, and tells of itself as Prometheus wants it. */
let leaking = false;
let broken = false;
let hits = 0;
let kept: Buffer[] = [];
const keysSeen = new Set<unknown>();
const server = createServer((request, response) => {
  if (request.url === '/metrics') {
    keysSeen.add(request.headers['x-key']);
    if (broken) response.statusCode = 503;
    response.end(page());
    return;
  }
  hits += 1;
  if (leaking) kept.push(Buffer.alloc(65_536, 1));
  response.end('ok');
});

function page(): string {
  const held = kept.reduce((sum, { length }) => sum + length, 0);
  return [
    '# TYPE hits_total counter',
    `hits_total{code="200"} ${hits}`,
    '# TYPE held_bytes gauge',
    `held_bytes ${held}`,
    '# TYPE cache_hit_ratio gauge',
    'cache_hit_ratio 0.75',
    '# TYPE took_seconds histogram',
    `took_seconds_bucket{le="0.005"} ${hits}`,
    `took_seconds_bucket{le="+Inf"} ${hits}`,
    `took_seconds_sum 0`,
    `took_seconds_count ${hits}`,
    '',
  ].join('\n');
}

let origin = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [leaking, broken, hits, kept] = [false, false, 0, []];
});

const schema = JSON.parse(
  readFileSync(new URL('../../schema/result-v1.json', import.meta.url), 'utf8'),
) as object;

/** Warm-up of 20 requests, then 100 in one phase and 100 in the next. */
async function load(
  targets: readonly string[],
  watch = '{metrics: /metrics, every: 200ms}',
): Promise<RunResult> {
  const yaml = `version: 1
kind: load
name: watched
target: {http: "${origin}"}
server: ${watch}
phases:
  - {name: warm, for: 1s, rate: 20/s, measure: false}
  - {name: first, for: 2s, rate: 50/s}
  - {name: second, for: 2s, rate: 50/s}
flows: [{name: get, steps: [{get: /}]}]
targets: ${JSON.stringify(targets)}
`;
  const cwd = folderWith('x.perfkit.yaml', yaml);
  const { stdout, stderr } = await perfkit(['load', 'x.perfkit.yaml', '--json'], {
    cwd,
    env: { KEY: 'sesame' },
  });
  assert.ok(stdout.startsWith('{'), stderr);
  const document = JSON.parse(stdout) as RunResult;
  const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);
  assert.equal(validate(document), true, JSON.stringify(validate.errors));
  return document;
}

function outcomes(result: RunResult): Record<string, string> {
  return Object.fromEntries(result.verdict.targets.map(({ expr, outcome }) => [expr, outcome]));
}

function totalOf(result: RunResult, metric: string): number {
  return result.series
    .filter((one: Series) => one.metric === metric)
    .reduce((sum, one) => sum + one.count, 0);
}

describe('the metrics of a server under load', () => {
  test('count the very requests of the measured phases, and hold up targets of every kind', async () => {
    const targets = [
      'server.hits_total count >= 150',
      'server.hits_total{code:200} rate > 10/s in second',
      'server.cache_hit_ratio value >= 70%',
      'server.took_seconds p90 < 10ms',
      'server.held_bytes slope < 1kB/s',
      'server.cpu_time rate < 1s',
      'server.rss max < 100GB',
      'server.scrape_errors rate <= 0%',
    ];
    const settings = `{metrics: /metrics, process: ${process.pid}, every: 200ms, headers: {x-key: "\${secret:KEY}"}}`;
    const result = await load(targets, settings);
    assert.deepEqual(outcomes(result), Object.fromEntries(targets.map((one) => [one, 'pass'])));
    const requests = totalOf(result, 'throughput');
    // the warm-up is not in it, but for what falls around the boundary
    assert.ok(Math.abs(totalOf(result, 'server.hits_total') - requests) <= 20, `${requests} requests`);
    assert.ok(keysSeen.has('sesame'));
    assert.doesNotMatch(JSON.stringify(result), /sesame/);
  });

  test('show a leak by its slope', async () => {
    leaking = true;
    const result = await load(['server.held_bytes slope < 100kB/s']);
    // 50 requests a second keep 3.3 MB
    assert.deepEqual(outcomes(result), { 'server.held_bytes slope < 100kB/s': 'fail' });
    assert.equal(result.verdict.outcome === 'fail' || result.verdict.outcome === 'invalid', true);
  });

  test('that cannot be read are errors, and a target on them fails', async () => {
    broken = true;
    const result = await load(['server.held_bytes max < 1GB', 'server.scrape_errors rate < 1%']);
    const [held, errors] = result.verdict.targets;
    assert.equal(held?.outcome, 'no data');
    assert.equal(errors?.outcome, 'fail');
    const [error] = result.errors.filter((one) => one.class === 'scrape_status_5xx');
    assert.match(error?.example ?? '', /expected status 200, got 503/);
    assert.match(result.validity.notes?.join() ?? '', /nothing could be read of the server's metrics/);
  });

  test('that are named wrong, or asked for what they do not have, fail their target with advice', async () => {
    const result = await load(['server.hit_total count > 1', 'server.held_bytes rate > 1B/s']);
    assert.deepEqual(
      result.verdict.targets.map(({ outcome, reason }) => [outcome, reason]),
      [
        ['no data', 'nothing was recorded for server.hit_total; did you mean server.hits_total?'],
        ['no data', 'server.held_bytes is a gauge: it has value, min, max, mean, slope'],
      ],
    );
  });
});
