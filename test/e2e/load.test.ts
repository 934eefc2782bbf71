import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { folderWith, perfkit, whenFit } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { AddressInfo } from 'node:net';

let requests = 0;
const bodies = new Set<string>();
const server = createServer((request, response) => {
  requests += 1;
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    bodies.add([request.method, request.url, request.headers['x-test'] ?? '', body].join(' '));
    if (request.url === '/fail') response.statusCode = 500;
    response.end('hello world');
  });
});
let origin = '';

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const schema = JSON.parse(
  readFileSync(new URL('../../schema/result-v1.json', import.meta.url), 'utf8'),
) as object;

describe('perfkit load URL', () => {
  test('sends exactly the number of requests asked for, and prints a document that holds against the schema', async () => {
    const { code, stdout, stderr } = await whenFit(() => {
      requests = 0;
      return perfkit(['load', `${origin}/`, '-c', '7', '-n', '1000', '--json']);
    });
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout);
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);
    assert.equal(validate(document), true, JSON.stringify(validate.errors));
    const response = document.series.find((one: { metric: string }) => one.metric === 'response_time');
    assert.equal(response.count, 1000);
    assert.equal(requests, 1000);
    assert.equal(document.complete, true);
  });

  test('at a rate sends what the rate and the time make, and shows three clocks', async () => {
    const { code, stdout, stderr } = await whenFit(() => {
      requests = 0;
      return perfkit(['load', `${origin}/`, '-R', '200', '-d', '2s', '--json']);
    });
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout);
    const metrics = new Set(document.series.map((one: { metric: string }) => one.metric));
    for (const metric of ['response_time', 'service_time', 'schedule_lag', 'throughput', 'arrivals'])
      assert.ok(metrics.has(metric), metric);
    assert.equal(requests, 400);
  });

  test('sends method, headers and a body from a file', async () => {
    const cwd = folderWith('item.json', '{"a":1}');
    const args = [
      'load',
      `${origin}/items?x=1`,
      '-n',
      '3',
      '-c',
      '1',
      '-m',
      'POST',
      '-H',
      'x-test: yes',
      '-b',
      '@item.json',
    ];
    const { code, stderr } = await whenFit(() => perfkit(args, { cwd }));
    assert.equal(code, 0, stderr);
    assert.ok(bodies.has('POST /items?x=1 yes {"a":1}'));
  });

  test('counts failures by class with an example, and fails when nothing succeeds', async () => {
    const { code, stdout } = await whenFit(() => perfkit(['load', `${origin}/fail`, '-n', '20', '-c', '2']));
    assert.equal(code, 3);
    assert.match(stdout, /20 x status_5xx/);
    assert.match(stdout, /no operation succeeded/);
  });

  test('keeps what was measured when interrupted: once with Ctrl-C is 130, SIGTERM is 143', async () => {
    for (const [signal, expected] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const cwd = temporaryFolder();
      const { code, stdout, stderr } = await perfkit(
        ['load', `${origin}/`, '-c', '2', '-R', '100', '-d', '60s', '--json', '--out', 'out'],
        {
          cwd,
          interrupt: { signal, whenLogged: 'out' },
        },
      );
      assert.equal(code, expected, stderr);
      const document = JSON.parse(stdout);
      assert.equal(document.complete, false);
      assert.ok(document.series.find((one: { metric: string }) => one.metric === 'response_time').count > 10);
      assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'out', 'result.json'), 'utf8')), document);
      assert.doesNotMatch(stderr, /^\s+at /m);
    }
  });
});

describe('bad input to load', () => {
  const cases: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    ['no URL', ['load', 'htp://127.0.0.1/'], /expected an http:\/\/ or https:\/\/ URL/],
    ['a URL without a scheme', ['load', '127.0.0.1:8080/'], /http:\/\/127\.0\.0\.1:8080/],
    ['TLS flags without TLS', ['load', 'http://127.0.0.1:1/', '-k'], /`tls` goes with an https:\/\/ origin/],
    [
      'a refused connection',
      ['load', 'http://127.0.0.1:1/'],
      /cannot connect to 127\.0\.0\.1:1.*start the server/,
    ],
    ['an unknown host', ['load', 'http://no-such-host.invalid/'], /unknown host no-such-host\.invalid/],
    ['a password in the URL', ['load', 'http://me:pw@127.0.0.1:1/'], /-H|header|credentials|user/i],
    ['no unit', ['load', 'http://127.0.0.1:1/', '-d', '10'], /duration with a unit/],
    ['no connections', ['load', 'http://127.0.0.1:1/', '-c', '0'], /above 0/],
    ['a rate of nothing', ['load', 'http://127.0.0.1:1/', '-R', '0'], /requests a second/],
    [
      'a broken header',
      ['load', 'http://127.0.0.1:1/', '-H', 'nocolon'],
      /expected a header as "Name: value"/,
    ],
    ['a header that would split', ['load', 'http://127.0.0.1:1/', '-H', 'a: b\r\nc: d'], /header/i],
    [
      'a body that is not there',
      ['load', 'http://127.0.0.1:1/', '-m', 'POST', '-b', '@absent'],
      /cannot read the body from absent/,
    ],
    ['flags without a URL', ['load', '-c', '5'], /--connections goes with a URL/],
    ['a bench scenario', ['load', 'cache/get'], /no scenario|is a bench scenario/],
  ];
  for (const [what, args, message] of cases) {
    test(`${what} is refused with a clear message and no stack`, async () => {
      const { code, stdout, stderr } = await perfkit(args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }
});

test('a scenario loads the built-in server with several steps, and judges by phase', async () => {
  const cwd = folderWith(
    'a.perfkit.yaml',
    `version: 1
kind: load
name: example
target: {http: "builtin:items"}
phases:
  - {name: warm, for: 300ms, users: 2, measure: false}
  - {name: steady, for: 1s, rate: 100/s}
flows:
  - name: browse
    steps:
      - {get: /, name: index}
      - {get: /items/7, name: item, expect: {status: 200}}
targets:
  - "errors rate < 0.1% in steady"
  - "throughput{name:item} count == 100 in steady"
`,
  );
  const { code, stdout, stderr } = await whenFit(() => perfkit(['load', 'a.perfkit.yaml'], { cwd }));
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /2 of 2 targets hold/);
});

test('without an argument people chat with a built-in server, for the time of a first look', async () => {
  const { code, stdout, stderr } = await perfkit(['load', '--json', '--quiet', '--out', 'out'], {
    cwd: temporaryFolder(),
    limitMs: 120_000,
  });
  // a busy machine may fail a limit
  assert.ok([0, 3, 5].includes(code ?? -1), stderr);
  const { scenario, series } = JSON.parse(stdout);
  assert.equal(scenario.name, 'chat/chat');
  const asked = series.find(
    (one: { metric: string; tags: { name?: string } }) =>
      one.metric === 'arrivals' && one.tags.name === 'question',
  );
  // 65 a second for 5 s, five of six times; as written it takes four times as long
  assert.ok(asked.count > 0 && asked.count < 500, `${asked.count}`);
});

test('a secret in a header reaches the server and nothing else', async () => {
  const secret = 'tr0ub4dor-"and"-3';
  const cwd = folderWith(
    'a.perfkit.yaml',
    `version: 1
kind: load
name: example
target: {http: "\${env:ORIGIN}"}
phases: [{name: steady, for: 300ms, users: 1}]
flows:
  - {name: main, steps: [{post: /s, name: s, headers: {x-test: "\${secret:MY_TOKEN}"}, json: {token: "\${secret:MY_TOKEN}"}}]}
`,
  );
  writeFileSync(join(cwd, 'x'), '');
  const env = { MY_TOKEN: secret, ORIGIN: origin };
  const { code, stdout, stderr } = await whenFit(() =>
    perfkit(['load', 'a.perfkit.yaml', '--out', 'out', '--json'], { cwd, env }),
  );
  assert.equal(code, 0, stderr);
  assert.ok(bodies.has(`POST /s ${secret} ${JSON.stringify({ token: secret })}`));
  for (const text of [stdout, stderr, readFileSync(join(cwd, 'out', 'report.md'), 'utf8')])
    assert.ok(!text.includes('tr0ub4dor'));
});

describe('code of a scenario that ends the load thread', () => {
  const cases = [
    ['calls process.exit', 'process.exit(3)', /ended with code 3 .*must not call process\.exit/],
    [
      'throws where nobody awaits it',
      "setTimeout(() => { throw new Error('late') })",
      /threw where no flow awaits it.*late at flow\.ts:\d+:\d+/,
    ],
  ] as const;
  for (const [what, act, reason] of cases) {
    test(`${what}: the run is invalid, with the reason and what was measured until then`, async () => {
      const cwd = folderWith(
        'a.perfkit.yaml',
        `version: 1
kind: load
name: dies
target: {http: "${origin}"}
workers: 2
phases: [{name: steady, for: 60s, users: 2}]
flows: [{name: f, call: ./flow.ts#f}]
`,
      );
      writeFileSync(
        join(cwd, 'flow.ts'),
        `let start;
export async function f({ http, sleep, user }) {
  start ??= performance.now();
  await http.get('/');
  await sleep('20ms');
  if (user === 1 && performance.now() - start > 2500) ${act};
}
`,
      );
      const { code, stdout, stderr } = await perfkit(['load', 'a.perfkit.yaml', '--json'], { cwd });
      assert.equal(code, 5, stderr);
      const document = JSON.parse(stdout);
      assert.equal(document.complete, false);
      assert.equal(document.validity.state, 'invalid');
      assert.match(document.validity.reasons.join('\n'), reason);
      assert.equal(document.verdict.outcome, 'invalid');
      const throughput = document.series.filter(({ metric }: { metric: string }) => metric === 'throughput');
      assert.ok(throughput.some(({ count }: { count: number }) => count > 20));
      assert.ok(document.durationNs < 50e9);
    });
  }
});
