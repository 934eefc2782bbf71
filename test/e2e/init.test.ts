import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { folderWith, perfkit } from '../helpers/cli.ts';
import { bench } from '../judge/compare/results.ts';
import { assertInertTerminal } from '../report/hostile.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { AddressInfo } from 'node:net';
import type { RunResult } from '../../src/model/result.ts';

const fixtures = join(import.meta.dirname, '..', 'plan', 'import', 'fixtures');

describe('perfkit init', () => {
  test('writes scenarios to start from that are sound and run as they are', async () => {
    const cwd = temporaryFolder();
    for (const kind of ['bench', 'load']) {
      const file = `${kind}.perfkit.yaml`;
      const written = await perfkit(['init', kind, '-o', file], { cwd });
      assert.deepEqual([written.code, written.stdout], [0, ''], written.stderr);
      const { code, stderr } = await perfkit([kind, file, '--profile', 'quick', '--exit-zero', '--quiet'], {
        cwd,
      });
      assert.equal(code, 0, stderr);
    }
  });

  test('never overwrites a file, unless --force', async () => {
    const cwd = folderWith('a.perfkit.yaml', 'mine');
    const refused = await perfkit(['init', 'load', '-o', 'a.perfkit.yaml'], { cwd });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /a\.perfkit\.yaml is there already: --force overwrites it/);
    assert.equal(readFileSync(join(cwd, 'a.perfkit.yaml'), 'utf8'), 'mine');
    assert.equal((await perfkit(['init', 'load', '-o', 'a.perfkit.yaml', '--force'], { cwd })).code, 0);
    assert.match(readFileSync(join(cwd, 'a.perfkit.yaml'), 'utf8'), /^# A load scenario/);
  });

  for (const [format, file] of [
    ['har', 'chrome.har'],
    ['har', 'firefox.har'],
    ['openapi', 'shop-api.yaml'],
  ] as const) {
    test(`--from ${format} ${file}: what is written passes validate once its secrets are set`, async () => {
      const cwd = temporaryFolder();
      const made = await perfkit(
        ['init', 'load', '--from', format, join(fixtures, file), '-o', 'x.perfkit.yaml'],
        { cwd },
      );
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stderr, /\d+ steps in x\.perfkit\.yaml/);
      const names = /export ([A-Z_\d, ]+)/.exec(made.stderr)?.[1]?.split(', ') ?? [];
      assert.ok(names.length > 0);
      const env = Object.fromEntries(names.map((name) => [name, 'x']));
      const checked = await perfkit(['validate', 'x.perfkit.yaml'], { cwd, env });
      assert.deepEqual([checked.code, checked.stdout], [0, 'x.perfkit.yaml is sound\n'], checked.stderr);
      const unset = await perfkit(['validate', 'x.perfkit.yaml'], { cwd });
      assert.equal(unset.code, 2);
      assert.match(unset.stderr, /the secret LOAD_\w+ is not set/);
    });
  }

  test('--from curl: the imported requests are sent as they were, with the secret from the environment', async () => {
    const seen = new Set<string>();
    const server = createServer((request, response) => {
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        seen.add(`${request.method} ${request.url} ${request.headers.authorization ?? '-'} ${body}`);
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const cwd = folderWith(
        'requests.sh',
        `curl '${origin}/a?x=1' -H "Authorization: Bearer $TOKEN"\ncurl '${origin}/b' --json '{"n":[1,2]}'\n`,
      );
      const made = await perfkit(['init', 'load', '--from', 'curl', 'requests.sh', '-o', 'x.perfkit.yaml'], {
        cwd,
      });
      assert.equal(made.code, 0, made.stderr);
      const text = readFileSync(join(cwd, 'x.perfkit.yaml'), 'utf8');
      writeFileSync(
        join(cwd, 'x.perfkit.yaml'),
        text.replace('for: 5s', 'for: 200ms').replace('for: 30s', 'for: 300ms'),
      );
      const ran = await perfkit(['load', 'x.perfkit.yaml', '--quiet', '--exit-zero'], {
        cwd,
        env: { LOAD_TOKEN: 'abc' },
      });
      assert.equal(ran.code, 0, ran.stderr);
      assert.deepEqual([...seen].toSorted(), ['GET /a?x=1 Bearer abc ', 'POST /b - {"n":[1,2]}']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('says what is wrong with its arguments and its input, and exits 2', async () => {
    const cwd = folderWith('a.har', '{"log":');
    const cases: [string[], RegExp][] = [
      [['init'], /missing required argument/],
      [['init', 'other'], /Allowed choices are bench, load, ci/],
      [['init', 'load', '--from', 'postman', 'x'], /Allowed choices are har, openapi, curl/],
      [['init', 'load', 'a.har'], /expected --from har, openapi or curl/],
      [['init', 'load', '--from', 'har'], /expected a file after --from har/],
      [['init', 'bench', '--from', 'har', 'a.har'], /--from makes load scenarios/],
      [['init', 'load', '--from', 'har', 'a.har'], /a\.har:1:8: expected an HTTP archive/],
      [['init', 'load', '--from', 'har', 'absent.har'], /absent\.har: no such file/],
      [['init', 'load', '--from', 'har', '.'], /expected a file to import, got a folder/],
      [['init', 'load', '-o', 'x.txt'], /ends in \.perfkit\.yaml/],
      [['init', 'load', '-o', 'no/such/folder.yaml'], /cannot write no\/such\/folder\.yaml/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await perfkit(args, { cwd });
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, message);
    }
  });
});

describe('perfkit targets', () => {
  test('shows the last value of a target below reports/, and selects by id', async () => {
    const cwd = temporaryFolder();
    const before = await perfkit(['targets', 'P04'], { cwd });
    assert.equal(before.code, 0, before.stderr);
    assert.match(before.stdout, /P04 +op_duration\{subject:lru\} p99 < 1ms\n +not measured yet/);
    const ran = await perfkit(['bench', 'cache/get', '--profile', 'quick', '--exit-zero', '--quiet'], {
      cwd,
    });
    assert.equal(ran.code, 0, ran.stderr);
    const { code, stdout } = await perfkit(['targets', 'P04'], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^patterns: \d+ targets, 1 measured/m);
    assert.match(
      stdout,
      /P04 +op_duration\{subject:lru\} p99 < 1ms\n +\S+[nu]s, .*\(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)\n +cache\/get/,
    );
    const rows: unknown = JSON.parse((await perfkit(['targets', 'cache/get', '--json'], { cwd })).stdout);
    assert.ok(Array.isArray(rows) && rows.length === 3);
    for (const row of rows) {
      assert.equal(row.scenario, 'cache/get');
      assert.equal(typeof row.last.actual, 'number');
    }
  });

  test('shows what no run measures with the tests that prove it', async () => {
    const { code, stdout } = await perfkit(['targets', 'P28'], { cwd: temporaryFolder() });
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^ +P28 +the API of the system.*\n +proven by test\/patterns\/pattern-system\.test\.ts/m,
    );
    assert.match(stdout, /0 targets, 0 measured, 0 pass; 1 proven by tests/);
  });

  test('nothing that results hold moves the cursor or is a command to a CI runner', async () => {
    const cwd = temporaryFolder();
    const hostile = '\u001b]0;title\u0007\u001b[2J##[error]x';
    const run = bench();
    const target = {
      id: 'P04',
      scenario: 'cache/get',
      expr: `op_duration p99 < 1ms ${hostile}`,
      source: null,
      severity: 'error',
      line: null,
      outcome: 'pass',
      actual: 1000,
      bounded: false,
      limit: 1e6,
      margin: 0.9,
      unit: 'ns',
      perSecond: false,
      tags: {},
      reason: null,
    } as const;
    const known: RunResult = {
      ...run,
      scenario: { ...run.scenario, name: 'cache/get' },
      verdict: { outcome: 'pass', reasons: [], targets: [target] },
    };
    const documents = { known: JSON.stringify(known), [`torn ${hostile}`]: '{' };
    for (const [folder, text] of Object.entries(documents)) {
      mkdirSync(join(cwd, 'reports', folder), { recursive: true });
      writeFileSync(join(cwd, 'reports', folder, 'result.json'), text);
    }
    const { code, stdout, stderr } = await perfkit(['targets', 'P04'], { cwd });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /then it was op_duration p99 < 1ms/);
    assert.match(stderr, /left out: .*torn/);
    assertInertTerminal(stdout);
    assertInertTerminal(stderr);
    const json = await perfkit(['targets', 'P04', '--json'], { cwd });
    assertInertTerminal(json.stdout);
    assert.equal(JSON.parse(json.stdout)[0].last.expr, target.expr);
  });

  test('refuses an id that there is not, and a folder that there is not', async () => {
    const cwd = temporaryFolder();
    const unknown = await perfkit(['targets', 'P9999'], { cwd });
    assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
    assert.match(unknown.stderr, /expected the id of a target \(.*P01.*\)/);
    assert.equal((await perfkit(['targets', '--out', 'absent'], { cwd })).code, 2);
  });
});
