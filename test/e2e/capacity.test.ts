import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { startScriptedServer } from '../../src/server/scripted-server.ts';
import { folderWith, perfkit, whenFit } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { AddressInfo } from 'node:net';
import type { CapacityResult } from '../../src/model/capacity.ts';
import type { Outcome } from '../helpers/cli.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/capacity-v1.json', import.meta.url), 'utf8'),
) as object;
const isCapacity = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);

/** The machine may stand still for a minute. */
const limitMs = 300_000;

/** The server serves 200 requests a second; p50 needs 20 samples, and from 50 a second on 600 ms give 30. */
const servedPerSecond = 200;
const quick = [
  '--step',
  '600ms',
  '--warmup',
  '100ms',
  '--soak',
  '1s',
  '--pause',
  '50ms',
  '--precision',
  '45%',
];

function scenarioFor(port: number, targets = '["response_time p50 < 250ms"]'): string {
  return `version: 1
kind: load
name: limited
target: {http: "http://127.0.0.1:${port}"}
phases: [{name: main, for: 1s, rate: 10/s, connections: 50}]
pacing: eco
targets: ${targets}
`;
}

function documentOf({ code, stdout, stderr }: Outcome): CapacityResult {
  assert.ok(stdout.startsWith('{'), `exit ${code}\n${stderr}`);
  const document: unknown = JSON.parse(stdout);
  assert.equal(isCapacity(document), true, JSON.stringify(isCapacity.errors));
  return document as CapacityResult;
}

describe('perfkit capacity', () => {
  test(
    'finds what a server that serves 200 a second can do, and saves it with its steps',
    { timeout: 1_500_000 },
    async () => {
      const server = await startScriptedServer({ kind: 'limited', perSecond: servedPerSecond });
      const cwd = folderWith('limited.perfkit.yaml', scenarioFor(server.port));
      try {
        let ran: Outcome | null = null;
        let document: CapacityResult | null = null;
        // a machine that is busy with something else may end one search undecided: that it says so is right
        for (let attempt = 0; attempt < 8 && document?.outcome !== 'found'; attempt++) {
          const args = ['capacity', 'limited.perfkit.yaml', '--from', '50', '--max', '1600', ...quick];
          ran = await perfkit([...args, '--json', '--out', 'out'], { cwd, limitMs });
          document = documentOf(ran);
          const codes = { found: 0, 'too slow': 3, generator: 5, undecided: 5, interrupted: 130 };
          assert.equal(ran.code, codes[document.outcome], ran.stderr);
        }
        assert.equal(document?.outcome, 'found', document?.reasons.join('\n'));
        const capacity = document?.capacityPerSecond ?? 0;
        assert.ok(capacity <= servedPerSecond * 1.5, `${capacity}`);
        assert.ok(
          document?.steps.some(
            ({ outcome, ratePerSecond }) => outcome === 'fail' && ratePerSecond > capacity,
          ),
        );
        assert.equal(document?.steps.at(-1)?.kind, 'soak');
        assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'out', 'capacity.json'), 'utf8')), document);
        assert.match(readFileSync(join(cwd, 'out', 'capacity.md'), 'utf8'), /^# Capacity of limited: ✅/);
        assert.ok(readdirSync(join(cwd, 'out', 'steps')).includes('01-50.json'));
        const again = await perfkit(['report', 'out'], { cwd });
        assert.match(again.stdout, /CAPACITY {2}\d+/);
        const step = await perfkit(['report', join('out', 'steps', '01-50.json')], { cwd });
        assert.match(step.stdout, /limited at 50\/s {2}load/);
      } finally {
        await server.close();
      }
    },
  );

  test('exits 3 when the targets fail at the lowest rate already', { timeout: 900_000 }, async () => {
    const server = await startScriptedServer({
      kind: 'raw',
      bytes: 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n',
    });
    const cwd = folderWith('limited.perfkit.yaml', scenarioFor(server.port));
    try {
      const own = ['--from', '100', '--workers', '2', '--step', '300ms', '--out', 'out'];
      const args = ['capacity', 'limited.perfkit.yaml', ...quick, ...own];
      const { code, stdout } = await perfkit(args, { cwd, limitMs });
      assert.match(stdout, /TOO SLOW {2}none found|GENERATOR LIMIT/);
      assert.equal(code, /TOO SLOW/.test(stdout) ? 3 : 5);
      assert.equal((await perfkit([...args, '--exit-zero', '--quiet'], { cwd, limitMs })).code, 0);
    } finally {
      await server.close();
    }
  });

  test('keeps the table so far when it is interrupted, and exits 130', { timeout: 900_000 }, async () => {
    const server = createServer((_, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const cwd = folderWith('limited.perfkit.yaml', scenarioFor(port, '["response_time p50 < 60s"]'));
    try {
      const args = [
        'capacity',
        'limited.perfkit.yaml',
        '--from',
        '25',
        '--max',
        '30',
        '--json',
        '--out',
        'out',
      ];
      const long = ['--step', '1s', '--warmup', '0s', '--soak', '10m', '--pause', '0s'];
      const ran = await whenFit(() =>
        perfkit([...args, ...long], {
          cwd,
          limitMs,
          // after a step of the lowest rate
          interrupt: { signal: 'SIGINT', when: / holds/ },
        }),
      );
      const document = documentOf(ran);
      assert.equal(ran.code, 130, ran.stderr);
      assert.equal(document.outcome, 'interrupted');
      assert.equal(document.steps.at(-1)?.outcome, 'pass');
      assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'out', 'capacity.json'), 'utf8')), document);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('bad input to capacity', () => {
  const cases: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    ['an unknown scenario', ['nope'], /nope/],
    ['a bench', ['cache/get'], /is a bench scenario/],
    [
      'a low maximum',
      ['http://127.0.0.1:1/', '--from', '10', '--max', '5'],
      /--from to be above 0 and at most --max/,
    ],
    ['no precision', ['http://127.0.0.1:1/', '--precision', '0'], /share such as 5%/],
    ['no unit', ['http://127.0.0.1:1/', '--step', '10'], /duration with a unit/],
    ['too few samples', ['http://127.0.0.1:1/', '--from', '1', '--step', '1s'], /needs 1000 samples.*--from/],
    ['a refused connection', ['http://127.0.0.1:1/', '--step', '1s'], /cannot connect to 127\.0\.0\.1:1/],
    ['request flags with a scenario', ['self/http', '-m', 'POST'], /go with a URL/],
    [
      'a rate too high for another host',
      ['http://api.example.com/', '--max', '50k'],
      /50\.0k\/s is more than the 10\.0k\/s.*--max-rate 50000/,
    ],
  ];
  for (const [what, args, message] of cases) {
    test(`${what} is a usage error with a clear message and no stack`, async () => {
      const { code, stdout, stderr } = await perfkit(['capacity', ...args], { cwd: temporaryFolder() });
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }
});

describe('perfkit load', () => {
  let origin = '';
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.end('ok');
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('--engine autocannon gives the same document, with what it cannot measure left out', async () => {
    requests = 0;
    const args = ['load', `${origin}/`, '-c', '4', '-n', '300', '--engine', 'autocannon', '--json'];
    const { code, stdout, stderr } = await perfkit(args);
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout);
    const metrics = new Set(document.series.map((one: { metric: string }) => one.metric));
    assert.equal(requests, 300);
    assert.ok(metrics.has('response_time') && metrics.has('service_time'));
    assert.equal(metrics.has('schedule_lag'), false);
    const response = document.series.find((one: { metric: string }) => one.metric === 'response_time');
    assert.equal(response.count, 300);
    assert.match(response.note, /autocannon/);
  });

  test('--engine autocannon refuses a rate', async () => {
    const { code, stderr } = await perfkit(['load', `${origin}/`, '-R', '10', '--engine', 'autocannon']);
    assert.equal(code, 2);
    assert.match(stderr, /autocannon cannot carry out this scenario.*\n.*expected users, not a rate/);
  });

  test('refuses more than the caps for another host, and says how to raise them', async () => {
    const url = 'http://no-such-host.invalid/';
    const rate = await perfkit(['load', url, '-R', '20k']);
    assert.equal(rate.code, 2);
    assert.match(rate.stderr, /--max-rate 20000/);
    const users = await perfkit(['load', url, '-c', '2000']);
    assert.match(users.stderr, /--max-connections 2000/);
    const raised = await perfkit(['load', url, '-c', '2000', '--max-connections', '2000']);
    assert.match(raised.stderr, /unknown host/);
  });

  test('a target with abort ends a run early: exit 3, the reason first, the result kept', async () => {
    const yaml = `version: 1
kind: load
name: failing
target: {http: "${origin}"}
phases: [{name: main, for: 60s, rate: 50/s}]
flows: [{name: f, steps: [{get: /, expect: {status: 404}}]}]
targets: [{expr: "errors rate < 5%", abort: true, after: 50 samples}]
`;
    const cwd = folderWith('failing.perfkit.yaml', yaml);
    const { code, stdout, stderr } = await perfkit(['load', 'failing.perfkit.yaml', '--json'], { cwd });
    const document = JSON.parse(stdout);
    assert.match(document.aborted, /^aborted after [\d.]+s: target failed: errors rate < 5%/);
    assert.equal(document.complete, false);
    assert.equal(document.verdict.reasons[0], document.aborted);
    assert.equal(code, document.validity.state === 'invalid' ? 5 : 3, stderr);
    assert.ok(document.durationNs < 50e9);
  });
});
