import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { folderWith, intervalsIn, perfkit, whenFit } from '../helpers/cli.ts';
import type { ChildProcess } from 'node:child_process';

/** What is left of a run that was ended from outside: nothing that was measured is lost. */

const bin = join(import.meta.dirname, '..', '..', 'bin', 'perfkit.js');

const load = `version: 1
kind: load
name: long/run
target: {http: "builtin:items"}
phases: [{name: steady, for: 60s, rate: 200/s}]
flows:
  - name: browse
    steps: [{get: /, name: index}, {get: /no-such-item, name: missing}]
targets:
  - "response_time{name:index} p50 < 30s"
  - {id: E1, expr: "errors rate < 0.1%"}
`;

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Exit code or signal. */
  readonly ended: Promise<number | string | null>;
}

function start(args: readonly string[], cwd: string): Started {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, CI: '', NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { child, output: () => output, ended };
}

/** Until so many intervals are in the log of this folder; a run that writes none, or ends before, fails the test. */
async function logged(folder: string, intervals: number, { child, output }: Started): Promise<void> {
  for (let waitedMs = 0; waitedMs < 60_000 && child.exitCode === null; waitedMs += 50) {
    if (intervalsIn(folder) >= intervals) return;
    await wait(50);
  }
  child.kill('SIGKILL');
  assert.fail(`no log of ${intervals} intervals: ${output()}`);
}

describe('a load that is killed with kill -9', () => {
  test('is told of by its folder: figures, errors, and its targets judged', async () => {
    const cwd = folderWith('a.perfkit.yaml', load);
    const log = join(cwd, 'out', 'long-run.hlog');
    const run = start(['load', 'a.perfkit.yaml', '--out', 'out', '--quiet'], cwd);
    await logged(join(cwd, 'out'), 3, run);
    run.child.kill('SIGKILL');
    assert.equal(await run.ended, 'SIGKILL');
    assert.deepEqual(readdirSync(join(cwd, 'out')), ['long-run.hlog']);

    const { code, stdout, stderr } = await perfkit(['report', 'out', '--format', 'json'], { cwd });
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout);
    assert.equal(document.complete, false);
    assert.equal(document.validity.state, 'suspect');
    assert.match(document.validity.reasons[0], /the run was killed/);
    assert.ok(document.intervals.length >= 3);
    const index = document.series.find(
      (one: { metric: string; tags: { name?: string } }) =>
        one.metric === 'response_time' && one.tags.name === 'index',
    );
    assert.ok(index.count >= 200, String(index.count));
    assert.ok(index.p50 > 0);
    assert.equal(document.errors[0].class, 'status_4xx');
    assert.equal(document.verdict.outcome, 'fail');
    assert.deepEqual(
      document.verdict.targets.map((one: { outcome: string }) => one.outcome),
      ['pass', 'fail'],
    );

    const shown = await perfkit(['report', log], { cwd });
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /partial results/);
    assert.match(shown.stdout, /the run was killed/);
    assert.match(shown.stdout, /FAIL {2}1 of 2 targets hold/);
  });

  test('leaves a log that is refused, with the line, when somebody broke it', async () => {
    const cwd = folderWith('broken.hlog', '#[Histogram log format version 1.3]\n#[perfkit {"run":7}]\n');
    const { code, stdout, stderr } = await perfkit(['report', 'broken.hlog'], { cwd });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /broken\.hlog:2: expected a record of a perfkit log/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
});

test('the log of a complete load gives the result that was saved', async () => {
  const cwd = folderWith('a.perfkit.yaml', load.replace('for: 60s', 'for: 2s'));
  const { code, stdout } = await whenFit(() =>
    perfkit(['load', 'a.perfkit.yaml', '--out', 'out', '--json'], { cwd }),
  );
  assert.equal(code, 3);
  const again = await perfkit(['report', 'out/long-run.hlog', '--format', 'json'], { cwd });
  assert.deepEqual(JSON.parse(again.stdout), JSON.parse(stdout));
});

test('a second Ctrl-C ends a load at once, and its log is there', async () => {
  const cwd = folderWith('a.perfkit.yaml', load);
  const run = start(['load', 'a.perfkit.yaml', '--out', 'out'], cwd);
  await logged(join(cwd, 'out'), 2, run);
  run.child.stderr?.on('data', () => {
    if (run.output().includes('Stopping')) run.child.kill('SIGINT');
  });
  run.child.kill('SIGINT');
  // the signal, where the second one comes when the load has just ended and nobody listens any more
  assert.ok([130, 'SIGINT'].includes((await run.ended) ?? 0), run.output());
  const { code, stdout } = await perfkit(['report', 'out', '--format', 'json'], { cwd });
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).complete, false);
});

test('a bench whose process is killed in its second round keeps the first, and is invalid', async () => {
  const cwd = folderWith(
    'a.perfkit.yaml',
    `version: 1
kind: bench
name: dies
subjects: [{name: mine, call: "./mine.ts#work"}]
run: {warmup: 10ms, for: 50ms, rounds: 3}
`,
  );
  writeFileSync(
    join(cwd, 'mine.ts'),
    `import { existsSync, writeFileSync } from 'node:fs';
const mark = new URL('./second-round', import.meta.url);
if (existsSync(mark)) process.kill(process.pid, 'SIGKILL');
process.on('exit', () => writeFileSync(mark, ''));
export function work() { let sum = 0; for (let i = 0; i < 5000; i++) sum += Math.sqrt(i); return sum; }
`,
  );
  const { code, stdout, stderr } = await perfkit(['bench', 'a.perfkit.yaml', '--out', 'out', '--json'], {
    cwd,
  });
  assert.equal(code, 5, stderr);
  const document = JSON.parse(stdout);
  assert.equal(document.verdict.outcome, 'invalid');
  assert.match(
    document.validity.reasons[0],
    /subject mine: its process was killed by SIGKILL \(out of memory\?\)/,
  );
  assert.equal(document.complete, false);
  assert.equal(document.intervals.length, 1);
  assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'out', 'result.json'), 'utf8')), document);
});
