import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { folderWith, perfkit } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

function scenario(more: { targets?: string; subjects?: string; run?: string } = {}): string {
  return `version: 1
kind: bench
name: example
subjects:
${more.subjects ?? '  - {name: known, use: synthetic, options: {latency: fixed, value: 1ms}}'}
run: ${more.run ?? '{warmup: 10ms, for: 100ms, rounds: 1}'}
${more.targets ?? ''}
`;
}

describe('perfkit bench', () => {
  test('prints one JSON document on stdout, and passes when its targets hold', async () => {
    const cwd = folderWith('a.perfkit.yaml', scenario({ targets: 'targets: ["op_duration p50 < 2ms"]' }));
    const { code, stdout, stderr } = await perfkit(['bench', 'a.perfkit.yaml', '--json', '--out', 'out'], {
      cwd,
    });
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout);
    assert.equal(document.schema, 'perfkit/result@1');
    assert.equal(document.verdict.outcome, 'pass');
    assert.equal(stdout.trim().split('\n').length, 1);
    assert.deepEqual(readdirSync(join(cwd, 'out')).toSorted(), ['example.hlog', 'report.md', 'result.json']);
    assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'out', 'result.json'), 'utf8')), document);
  });

  test('what a scenario prints while it is read does not get into the document on stdout', async () => {
    const body = JSON.stringify({
      version: 1,
      kind: 'bench',
      name: 'talkative',
      subjects: [{ name: 'known', use: 'synthetic', options: { latency: 'fixed', value: '1ms' } }],
      run: { warmup: '10ms', for: '100ms', rounds: 1 },
    });
    const cwd = folderWith('a.perfkit.ts', `console.log('hello');\nexport default ${body};\n`);
    const { code, stdout, stderr } = await perfkit(['bench', 'a.perfkit.ts', '--json'], { cwd });
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).scenario.name, 'talkative');
    assert.match(stderr, /hello/);
  });

  test('exits 3 when a target fails, and 0 with --exit-zero', async () => {
    const cwd = folderWith('a.perfkit.yaml', scenario({ targets: 'targets: ["op_duration p50 < 1us"]' }));
    const { code, stdout } = await perfkit(['bench', 'a.perfkit.yaml'], { cwd });
    assert.equal(code, 3);
    assert.match(stdout, /FAIL {2}0 of 1 targets hold/);
    assert.equal((await perfkit(['bench', 'a.perfkit.yaml', '--exit-zero'], { cwd })).code, 0);
  });

  test('exits 3 with "no data" when a target names a metric that got no samples', async () => {
    const cwd = folderWith('a.perfkit.yaml', scenario({ targets: 'targets: ["hit_ratio value >= 1%"]' }));
    const { code, stdout } = await perfkit(['bench', 'a.perfkit.yaml'], { cwd });
    assert.equal(code, 3);
    assert.match(stdout, /no data/i);
  });

  test('exits 2 with file, line and suggestion for a typo in a key', async () => {
    const cwd = folderWith('a.perfkit.yaml', scenario().replace('subjects:', 'subjcts:'));
    const { code, stdout, stderr } = await perfkit(['bench', 'a.perfkit.yaml'], { cwd });
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /a\.perfkit\.yaml:4:1/);
    assert.match(stderr, /did you mean.*subjects/i);
  });

  test('prints no cursor codes into a pipe, and nothing at all with --quiet', async () => {
    const cwd = folderWith('a.perfkit.yaml', scenario());
    const piped = await perfkit(['bench', 'a.perfkit.yaml'], { cwd });
    assert.doesNotMatch(piped.stdout + piped.stderr, /\u001b|\r/);
    const quiet = await perfkit(['bench', 'a.perfkit.yaml', '--quiet'], { cwd });
    assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '', '']);
  });

  test('runs the functions of a module, and says when nothing in it can be run', async () => {
    const cwd = folderWith(
      'work.ts',
      'export function sum(): number { let s = 0; for (let i = 0; i < 5000; i++) s += Math.sqrt(i); return s; }\n',
    );
    const { code, stdout, stderr } = await perfkit(['bench', './work.ts', '--profile', 'quick'], { cwd });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /sum/);
    const none = await perfkit(['bench', './none.ts'], {
      cwd: folderWith('none.ts', 'export const x = 1;\n'),
    });
    assert.equal(none.code, 2);
  });

  test('saves what was measured when interrupted, and exits 130', async () => {
    const cwd = folderWith(
      'a.perfkit.yaml',
      scenario({
        subjects: '  - {name: known, use: cache, options: {max: 100}}',
        run: '{warmup: 10ms, for: 700ms, rounds: 20}',
      }),
    );
    const { code, stdout, stderr } = await perfkit(['bench', 'a.perfkit.yaml', '--out', 'out', '--json'], {
      cwd,
      interrupt: { signal: 'SIGINT', whenLogged: 'out' },
    });
    assert.equal(code, 130, stderr);
    const document = JSON.parse(stdout);
    assert.equal(document.complete, false);
    assert.equal(document.verdict.outcome, 'undecided');
    assert.ok(document.intervals.length >= 1);
    assert.ok(existsSync(join(cwd, 'out', 'result.json')));
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    ['a missing file', ['bench', './absent.perfkit.yaml'], /no such file/],
    ['an unknown name', ['bench', 'cahce'], /did you mean.*cache/i],
    ['an unknown option', ['bench', '--jsno'], /unknown option.*\n?.*--json/i],
    ['an unknown command', ['benhc'], /did you mean bench/i],
    ['an unknown profile', ['bench', '--profile', 'slow'], /quick, standard, full/],
    ['an unknown reporter', ['bench', 'cache', '--reporter', 'pdf'], /expected one of terminal, .*got "pdf"/],
    ['a negative seed', ['bench', '--seed=-1'], /whole number/],
    ['a result that is not there', ['report', 'absent.json'], /no such file/],
    ['a load scenario given to bench', ['bench', 'self/http'], /is a load scenario/],
  ];
  for (const [what, args, message] of cases) {
    test(`${what} is a usage error with a clear message and no stack`, async () => {
      const { code, stdout, stderr } = await perfkit(args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }

  test('a file where the results folder should be is refused before anything runs', async () => {
    const cwd = folderWith('a.perfkit.yaml', scenario());
    writeFileSync(join(cwd, 'out'), '');
    const { code, stderr } = await perfkit(['bench', 'a.perfkit.yaml', '--out', 'out'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /expected a folder for the results, got the file out/);
  });

  test('a report into a folder is refused', async () => {
    const cwd = folderWith('a.perfkit.yaml', scenario());
    await perfkit(['bench', 'a.perfkit.yaml', '--quiet', '--out', 'out'], { cwd });
    mkdirSync(join(cwd, 'folder'));
    const { code, stderr } = await perfkit(['report', 'out', '-o', 'folder'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /got the folder folder/);
    const shown = await perfkit(['report', 'out', '--format', 'markdown'], { cwd });
    assert.equal(shown.stdout, readFileSync(join(cwd, 'out', 'report.md'), 'utf8'));
  });
});

describe('a secret', () => {
  test('never appears in output or files', async () => {
    const secret = 'tr0ub4dor-and-3';
    const cwd = folderWith(
      'a.perfkit.yaml',
      scenario({
        subjects: '  - {name: mine, use: "./mine.ts#create", options: {token: "${secret:MY_TOKEN}"}}',
      }),
    );
    writeFileSync(
      join(cwd, 'mine.ts'),
      'export function create(options) { return { operations: { call: () => { throw new Error(`denied for ${options.token}`); } } }; }\n',
    );
    const { code, stdout, stderr } = await perfkit(
      ['bench', 'a.perfkit.yaml', '--out', 'out', '--reporter', 'terminal'],
      { cwd, env: { MY_TOKEN: secret } },
    );
    assert.equal(code, 3, stderr);
    assert.match(stdout, /denied for \[secret:MY_TOKEN\]/);
    const files = readdirSync(join(cwd, 'out')).map((name) => readFileSync(join(cwd, 'out', name), 'utf8'));
    for (const text of [stdout, stderr, ...files]) assert.ok(!text.includes(secret));
  });

  test('that is not set is an error naming it', async () => {
    const cwd = folderWith(
      'a.perfkit.yaml',
      scenario({
        subjects: '  - {name: mine, use: "./mine.ts#create", options: {token: "${secret:ABSENT_TOKEN}"}}',
      }),
    );
    const { code, stderr } = await perfkit(['bench', 'a.perfkit.yaml'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /ABSENT_TOKEN/);
  });
});

test('the other commands work: version, help, list, plan, validate, targets', async () => {
  const cwd = folderWith('a.perfkit.yaml', scenario());
  const [version, help, list, plan, validate, targets] = await Promise.all(
    [
      ['--version'],
      ['--help'],
      ['list'],
      ['plan', 'a.perfkit.yaml'],
      ['validate', 'a.perfkit.yaml'],
      ['targets', '--json'],
    ].map((args) => perfkit(args, { cwd })),
  );
  assert.match(version?.stdout ?? '', /^\d+\.\d+\.\d+\n$/);
  assert.match(help?.stdout ?? '', /perfkit bench/);
  assert.match(list?.stdout ?? '', /cache/);
  assert.match(plan?.stdout ?? '', /example \(bench\)/);
  assert.match(validate?.stdout ?? '', /is sound/);
  assert.ok(JSON.parse(targets?.stdout ?? '').length > 0);
  for (const one of [version, help, list, plan, validate, targets]) assert.equal(one?.code, 0, one?.stderr);
});

test('an old Node gets a message, not a syntax error', async () => {
  const source = readFileSync(join(import.meta.dirname, '..', '..', 'bin', 'perfkit.js'), 'utf8');
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'old.js'),
    source.replace('process.versions.node', '"20.20.2"').replace('process.version}', '"v20.20.2"}'),
  );
  const { spawnSync } = await import('node:child_process');
  const { status, stderr } = spawnSync(process.execPath, ['old.js'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /needs Node 22\.18 or newer, this is v20\.20\.2/);
});
