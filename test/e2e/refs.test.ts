import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { perfkit, whenFit } from '../helpers/cli.ts';
import type { CliOptions, Outcome } from '../helpers/cli.ts';
import { commit, gitIn, repositoryWith, worktreesOf, write } from '../helpers/git-repository.ts';

const scenario = `version: 1
kind: bench
name: work
subjects:
  - {name: main, call: "./work.mjs#work"}
run: {warmup: 20ms, for: 100ms}
`;

/**
 * A microsecond of work, times `factor`. What is to be seen is made sixty times as slow: on a machine that is busy with
 * other things, a process may not get to compile it, which alone makes it some ten times as slow.
 */
function work(factor: number): string {
  return `export function work(index) {
  let sum = index;
  for (let turn = 0; turn < ${1000 * factor}; turn++) sum = (Math.imul(sum, 31) + turn) | 0;
  return sum;
}
`;
}

/** Few pairs, and of the medians alone: whatever else the machine does hardly moves them. */
const short = ['--profile', 'full', '--pairs', '10', '--gate', 'op_duration', '--out', 'out'];

function compare(cwd: string, args: readonly string[], options: CliOptions = {}): Promise<Outcome> {
  return perfkit(['bench', 'work.perfkit.yaml', ...short, ...args], { cwd, limitMs: 400_000, ...options });
}

interface Told {
  readonly statistic: string;
  readonly change: { readonly estimate: number } | null;
}

/** What the medians say of the head, as a share. */
function changeOf(cwd: string): number {
  const run = JSON.parse(readFileSync(join(cwd, 'out', 'paired.json'), 'utf8'));
  const median = run.decision.series.find((series: Told) => series.statistic === 'p50');
  return median.change.estimate;
}

/** The head is found to be slower; or the machine is so busy that its controls say that it is not fit. */
function assertSlower(cwd: string, { code, stderr }: Outcome): void {
  const { decision } = readRun(cwd);
  const text = `${stderr}\n${JSON.stringify(decision).slice(0, 2000)}`;
  assert.ok(changeOf(cwd) > 4, text);
  assert.deepEqual(
    [decision?.outcome, code],
    decision?.outcome === 'unfit' ? ['unfit', 5] : ['fail', 4],
    text,
  );
}

function readRun(cwd: string): { decision: { outcome: string } | null; [name: string]: unknown } {
  return JSON.parse(readFileSync(join(cwd, 'out', 'paired.json'), 'utf8'));
}

/** Nothing is compared, nothing is left, and stderr says why. */
async function refused(cwd: string, args: readonly string[], why: RegExp, code = 2): Promise<void> {
  const ran = await compare(cwd, args);
  assert.equal(ran.code, code, ran.stderr);
  assert.match(ran.stderr, why);
  assert.equal(ran.stdout, '');
  assert.deepEqual(worktreesOf(cwd), []);
}

describe('perfkit bench with two versions', () => {
  test('fails with exit code 4 when the head is sixty times as slow, and the result is shown again', async () => {
    const cwd = repositoryWith(
      { 'work.perfkit.yaml': scenario, 'work.mjs': work(1) },
      { 'work.mjs': work(60) },
    );
    const ran = await whenFit(() => compare(cwd, ['--refs', 'HEAD~1..HEAD', '--json']));
    assertSlower(cwd, ran);
    const run = JSON.parse(ran.stdout);
    assert.ok(isDeepStrictEqual(run, readRun(cwd)), 'stdout is what was saved');
    assert.equal(run.base.revision, gitIn(cwd, 'rev-parse', 'HEAD~1'));
    assert.equal(run.head.revision, gitIn(cwd, 'rev-parse', 'HEAD'));
    assert.equal(run.pairs.length, 10);
    assert.equal(run.control.length, 5);
    assert.deepEqual(worktreesOf(cwd), []);
    const again = await perfkit(['report', 'out', '--format', 'markdown'], { cwd });
    assert.equal(again.stdout, readFileSync(join(cwd, 'out', 'report.md'), 'utf8'));
    const csv = await perfkit(['report', 'out', '--format', 'csv'], { cwd });
    assert.equal(csv.code, 2);
    assert.match(
      csv.stderr,
      /a comparison of versions is shown as terminal, markdown, json, github, junit, not as csv/,
    );
  });

  test('does not fail when nothing has changed but a comment; the working tree is the head by default', async () => {
    const cwd = repositoryWith({ 'work.perfkit.yaml': scenario, 'work.mjs': work(1) });
    write(cwd, { 'work.mjs': `// faster?\n${work(1)}` });
    const { code, stderr } = await compare(cwd, ['--base', 'main', '--threshold', '60%']);
    const run = readRun(cwd);
    assert.notEqual(code, 4, stderr);
    assert.notEqual(run.decision?.outcome, 'fail');
    assert.match(JSON.stringify(run['validity']), /measured as it is/);
  });

  test('adds the report to the summary of a job of GitHub', async () => {
    const cwd = repositoryWith(
      { 'work.perfkit.yaml': scenario, 'work.mjs': work(1) },
      { 'work.mjs': work(60) },
    );
    const summary = join(cwd, 'summary.md');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    assertSlower(cwd, await whenFit(() => compare(cwd, ['--refs', 'main~1...main'], { env })));
    assert.match(readFileSync(summary, 'utf8'), /^## perfkit: ❌ (?:fail|the machine is not fit)$/m);
  });

  test('compares two folders without git', async () => {
    const cwd = repositoryWith({ 'old/work.mjs': work(60), 'new/work.mjs': work(1) });
    write(cwd, { 'new/work.perfkit.yaml': scenario });
    const { code, stderr } = await compare(cwd, ['--base', './old', '--head', './new']);
    assert.notEqual(code, 4, stderr);
    assert.ok(changeOf(cwd) < -0.5, `sixty times as fast, told as ${changeOf(cwd)}`);
  });

  test('an interrupted run keeps its pairs and exits with the code of the signal', async () => {
    const cwd = repositoryWith({ 'work.perfkit.yaml': scenario, 'work.mjs': work(1) }, {});
    const args = ['--refs', 'HEAD~1..HEAD', '--pairs', '160', '--for', '200ms'];
    const interrupt = { signal: 'SIGTERM', when: / pair \d+\/160/ } as const;
    const { code, stderr } = await compare(cwd, args, { interrupt });
    assert.equal(code, 143, stderr);
    assert.match(stderr, /Stopping/);
    assert.deepEqual(worktreesOf(cwd), []);
    if (existsSync(join(cwd, 'out', 'paired.json'))) assert.equal(readRun(cwd)['complete'], false);
  });
});

describe('what cannot be compared says why', () => {
  const files = { 'work.perfkit.yaml': scenario, 'work.mjs': work(1) };

  test('refs that there are not, and that are no refs', async () => {
    const cwd = repositoryWith(files);
    await refused(cwd, ['--refs', 'nowhere..HEAD'], /"nowhere" is no commit of this repository/);
    await refused(cwd, ['--refs', '--upload-pack=x..HEAD'], /expected a git ref/);
    await refused(cwd, ['--base', '-n', '--head', 'HEAD'], /expected a git ref|argument missing/);
    await refused(cwd, ['--base', 'main;touch owned'], /expected a git ref/);
    await refused(cwd, ['--base', '$(touch owned)'], /expected a git ref/);
    await refused(cwd, ['--base', 'npm:../../x'], /expected a package and its version/);
    await refused(cwd, ['--base', 'npm:x@1;touch owned'], /expected a package and its version/);
    await refused(cwd, ['--refs', 'main'], /expected two git refs/);
    assert.equal(existsSync(join(cwd, 'owned')), false);
  });

  test('flags that do not go together', async () => {
    const cwd = repositoryWith(files);
    await refused(cwd, ['--head', '.'], /--head needs --base/);
    await refused(cwd, ['--refs', 'main..HEAD', '--base', 'main'], /give one of the two/);
    await refused(cwd, ['--refs', 'main..HEAD', '--baseline', 'main'], /two versions are compared without/);
    await refused(
      cwd,
      ['--refs', 'main..HEAD', '--reporter', 'csv'],
      /expected one of terminal, markdown, json, github, junit/,
    );
    const lone = await perfkit(['bench', 'work.perfkit.yaml', '--pairs', '10'], { cwd });
    assert.equal(lone.code, 2);
    assert.match(lone.stderr, /--pairs goes with two versions/);
  });

  test('a folder without a repository', async () => {
    const cwd = repositoryWith(files);
    const outside = join(cwd, '..', `perfkit-none-${process.pid}`);
    mkdirSync(outside, { recursive: true });
    const { code, stderr } = await perfkit(['bench', 'work.perfkit.yaml', '--refs', 'main..HEAD'], {
      cwd: outside,
    });
    assert.equal(code, 2);
    assert.match(stderr, /is in no git repository/);
  });

  test('a module that the base does not have', async () => {
    const cwd = repositoryWith({ 'readme.md': '' }, files);
    await refused(cwd, ['--refs', 'HEAD~1..HEAD'], /the base HEAD~1 has no \.\/work\.mjs \(subject main\)/);
  });

  test('an export that the base does not have', async () => {
    const cwd = repositoryWith({ 'work.mjs': 'export const other = 1;' }, files);
    await refused(
      cwd,
      ['--refs', 'HEAD~1..HEAD'],
      /HEAD~1 \([\da-f]{7}\): subject main: .*has no export "work"/,
    );
  });

  test('a scenario that the head does not have', async () => {
    const cwd = repositoryWith({ 'work.mjs': work(1) }, {});
    write(cwd, { 'work.perfkit.yaml': scenario });
    await refused(cwd, ['--refs', 'HEAD~1..HEAD'], /work\.perfkit\.yaml is not in HEAD .*commit it/);
    await refused(cwd, ['--refs', 'HEAD~1..HEAD', 'no.perfkit.yaml'], /commit it/);
  });

  test('no scenario at all', async () => {
    const cwd = repositoryWith(files);
    const { code, stderr } = await perfkit(['bench', '--refs', 'main..HEAD'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /expected the scenario \(or module\) by which the versions are compared/);
  });

  test("a scenario of perfkit's own drivers, which are the same on both sides", async () => {
    const drivers = scenario.replace('call: "./work.mjs#work"', 'use: noop');
    const cwd = repositoryWith({ 'work.perfkit.yaml': drivers }, {});
    await refused(
      cwd,
      ['--refs', 'HEAD~1..HEAD'],
      /both sides would be the same code \(main is the driver noop of the perfkit that runs\)/,
    );
  });

  test('a subject that throws on one side only', async () => {
    const cwd = repositoryWith(files, {
      'work.mjs': 'export function work() { throw new TypeError("broken"); }',
    });
    await refused(
      cwd,
      ['--refs', 'HEAD~1..HEAD'],
      /HEAD \([\da-f]{7}\): subject main: every operation failed: TypeError: broken/,
    );
  });

  test('a build that fails, with the end of what it printed and no command to a CI runner in it', async () => {
    const script = 'echo "##[error]no"; echo "cannot compile"; exit 7';
    const cwd = repositoryWith(
      { ...files, 'package.json': '{"name":"x","private":true}' },
      { 'package.json': JSON.stringify({ name: 'x', private: true, scripts: { build: script } }) },
    );
    await refused(
      cwd,
      ['--refs', 'HEAD~1..HEAD'],
      /HEAD: the build failed \(npm run build, exit code 7\).*\n[^]*cannot compile/,
    );
    await refused(
      cwd,
      ['--refs', 'HEAD~1..HEAD', '--build', 'echo other; exit 9'],
      /HEAD~1: the build failed \(echo other; exit 9, exit code 9\)/,
    );
    const { stderr } = await compare(cwd, ['--refs', 'HEAD~1..HEAD']);
    assert.doesNotMatch(stderr, /##\[/);
  });

  test('a version whose build makes what is measured is built on both sides', async () => {
    const manifest = (factor: number): string =>
      JSON.stringify({
        name: 'x',
        private: true,
        scripts: {
          build: `node -e "require('fs').writeFileSync('work.mjs', require('fs').readFileSync('src.txt','utf8').replace('FACTOR', '${1000 * factor}'))"`,
        },
      });
    const source = work(1).replace('1000', 'FACTOR');
    const cwd = repositoryWith(
      {
        'work.perfkit.yaml': scenario,
        'src.txt': source,
        'package.json': manifest(60),
        '.gitignore': 'work.mjs',
      },
      { 'package.json': manifest(1) },
    );
    const { code, stderr } = await compare(cwd, ['--refs', 'HEAD~1..HEAD']);
    assert.notEqual(code, 2, stderr);
    assert.notEqual(code, 4, stderr);
    assert.match(stderr, /HEAD~1: built\n[^]*HEAD: built/);
  });

  test('a reminder that HEAD does not hold what is not committed', async () => {
    const cwd = repositoryWith(files);
    commit(cwd, { 'work.mjs': work(60) });
    writeFileSync(join(cwd, 'work.mjs'), work(1));
    assertSlower(cwd, await whenFit(() => compare(cwd, ['--refs', 'HEAD~1..HEAD'])));
    assert.match(
      JSON.stringify(readRun(cwd)['validity']),
      /the working tree has changes that HEAD does not hold/,
    );
  });
});
