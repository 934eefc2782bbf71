import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { folderWith, perfkit, whenFit } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** A load of the built-in server with a target that cannot hold, one that does, and a name that tries to be a command. */
const scenario = `version: 1
kind: load
name: api
target: {http: builtin:items}
phases:
  - {name: steady, for: 300ms, rate: 100/s}
flows:
  - name: browse
    steps:
      - {get: /items/7, name: "::error::x"}
targets:
  - "response_time p50 < 1ns"
  - {expr: "errors rate < 50%", source: "##[error]the manual"}
`;

const run = ['load', 'api.perfkit.yaml', '--out', 'out'];

/** The target fails; on a busy machine the run may be invalid instead. */
function assertNotPassed(code: number | null, stderr: string): void {
  assert.ok(code === 3 || code === 5, `exit ${code}: ${stderr}`);
}

describe('the outputs for CI', () => {
  test('each reporter writes its files beside the result, and the exit code stays that of the targets', async () => {
    const cwd = folderWith('api.perfkit.yaml', scenario);
    const names = ['terminal', 'pull-request', 'junit', 'github', 'gitlab', 'code-quality', 'csv', 'hgrm'];
    const { code, stderr } = await perfkit([...run, ...names.flatMap((name) => ['--reporter', name])], {
      cwd,
    });
    assertNotPassed(code, stderr);
    assert.doesNotMatch(stderr, /::error/);
    const files = readdirSync(join(cwd, 'out')).toSorted();
    assert.deepEqual(
      files.filter((name) => !name.endsWith('.hlog')),
      [
        'annotations.txt',
        'code-quality.json',
        'hgrm',
        'junit.xml',
        'load-performance.json',
        'pull-request.md',
        'report.md',
        'report.txt',
        'result.json',
        'series.csv',
      ],
    );
    assert.match(
      readFileSync(join(cwd, 'out', 'annotations.txt'), 'utf8'),
      /^::error file=api\.perfkit\.yaml,line=(?:12,title=api%3A target failed::response_time p50 < 1ns: |1,title=api%3A invalid run::)/,
    );
    const { metrics } = JSON.parse(readFileSync(join(cwd, 'out', 'load-performance.json'), 'utf8'));
    assert.ok(metrics.http_reqs.count > 0 && metrics.http_req_waiting['p(95)'] > 0);
    assert.ok(readdirSync(join(cwd, 'out', 'hgrm')).includes('api-response_time-steady-error-x.hgrm'));
  });

  test('in a step of GitHub Actions annotations and summary come by themselves, and no text is a command', async () => {
    const cwd = folderWith('api.perfkit.yaml', scenario);
    const summary = join(cwd, 'summary.md');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, GITHUB_WORKSPACE: cwd };
    const { code, stdout, stderr } = await whenFit(() => {
      rmSync(summary, { force: true });
      return perfkit(run, { cwd, env });
    });
    assertNotPassed(code, stderr);
    const commands = `${stdout}\n${stderr}`.split('\n').filter((line) => /^\s*::|##\[/.test(line));
    assert.ok(commands.length >= 1, stderr);
    for (const command of commands)
      assert.match(command, /^::(?:error|warning) file=api\.perfkit\.yaml,line=\d+,title=api%3A /);
    assert.match(readFileSync(summary, 'utf8'), /^## perfkit: ❌ fail\n/);
  });

  test('perfkit report gives each of them again, hgrm into the folder that -o names', async () => {
    const cwd = folderWith('api.perfkit.yaml', scenario);
    const ran = await perfkit([...run, '--quiet'], { cwd });
    assertNotPassed(ran.code, ran.stderr);
    for (const [format, begin] of [
      ['junit', /^<\?xml version="1\.0"/],
      ['github', /^::error /],
      ['csv', /^"scenario","kind"/],
      ['pull-request', /^## perfkit: /],
    ] as const) {
      const { code, stdout, stderr } = await perfkit(['report', 'out', '--format', format], { cwd });
      assert.equal(code, 0, stderr);
      assert.match(stdout, begin);
    }
    assert.equal((await perfkit(['report', 'out', '-f', 'hgrm', '-o', 'percentiles'], { cwd })).code, 0);
    assert.ok(readdirSync(join(cwd, 'percentiles')).length > 0);
    const none = await perfkit(['report', 'out', '-f', 'hgrm'], { cwd });
    assert.deepEqual([none.code, none.stdout], [2, '']);
    assert.match(none.stderr, /hgrm is several files: name a folder for them with -o/);
  });

  test('a reporter that there is not is refused before anything is run', async () => {
    const cwd = folderWith('api.perfkit.yaml', scenario);
    const { code, stderr } = await perfkit([...run, '--reporter', 'junti'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /expected one of terminal, .*hgrm after --reporter, got "junti"/);
    assert.equal(existsSync(join(cwd, 'out')), false);
  });
});

describe('perfkit init ci', () => {
  test('writes a workflow whose commands run as they are', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'api.perfkit.yaml'), scenario);
    const made = await perfkit(['init', 'ci', '--github'], { cwd });
    assert.deepEqual([made.code, made.stdout], [0, ''], made.stderr);
    const { steps } = parse(readFileSync(join(cwd, '.github', 'workflows', 'perfkit.yml'), 'utf8')).jobs
      .perfkit;
    const step = steps.find(({ name }: { name?: string }) => name === 'load-api');
    const args = step.run.replace('npx --no-install perfkit ', '').split(' ');
    const ran = await perfkit(args, { cwd });
    assertNotPassed(ran.code, ran.stderr);
    assert.ok(existsSync(join(cwd, 'reports', 'load-api', 'junit.xml')));
    const again = await perfkit(['init', 'ci', '--github'], { cwd });
    assert.equal(again.code, 2);
    assert.match(again.stderr, /is there already: --force overwrites it/);
  });

  test('says what is wrong with its arguments', async () => {
    const cwd = folderWith('api.perfkit.yaml', scenario);
    const cases: [string[], RegExp][] = [
      [['init', 'ci'], /expected one of --github and --gitlab/],
      [['init', 'ci', '--github', '--from', 'har'], /make load scenarios/],
      [['init', 'ci', '--github', '-o', 'x.txt'], /ends in \.yml/],
      [['init', 'load', '--github'], /go with perfkit init ci/],
      [['init', 'ci', '--github', '--compare'], /compares benches, and there is none/],
      [['init', 'load', '--from', 'har', 'a', 'b'], /expected one file/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await perfkit(args, { cwd });
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, message);
    }
  });
});
