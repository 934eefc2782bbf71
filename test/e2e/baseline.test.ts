import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { folderWith, perfkit } from '../helpers/cli.ts';
import type { RunResult } from '../../src/model/result.ts';

const bench = `version: 1
kind: bench
name: example
subjects: [{name: it, call: ./subject.mjs#it}]
run: {warmup: 10ms, for: 50ms, rounds: 3}
targets:
  - "op_duration p50 <= baseline * 1.1"
  - "op_duration p50 <= baseline * 100000"
`;

const load = `version: 1
kind: load
name: example
target: {http: builtin:items}
phases:
  - {name: steady, for: 500ms, rate: 100/s}
flows:
  - name: browse
    steps: [{get: /items/7, name: item}]
targets:
  - "response_time p50 <= baseline * 1.1"
  - "response_time p50 <= baseline * 100000"
`;

function resultIn(cwd: string, folder: string): RunResult {
  return JSON.parse(readFileSync(join(cwd, folder, 'result.json'), 'utf8'));
}

/** The limits that the targets had, and what they came to. */
function checked(run: RunResult): (readonly [number | null, number | null, string])[] {
  return run.verdict.targets.map(({ actual, limit, outcome }) => [actual, limit, outcome]);
}

describe('baseline in a target', () => {
  for (const [command, scenario, metric] of [
    ['bench', bench, 'op_duration'],
    ['load', load, 'response_time'],
  ] as const) {
    test(`of a ${command} fails without one, and is its value times the factor with --baseline`, async () => {
      const cwd = folderWith('example.perfkit.yaml', scenario);
      writeFileSync(
        join(cwd, 'subject.mjs'),
        'let n = 0;\nexport const it = () => { n = Math.imul(n + 1, 31); for (let i = 0; i < 500; i++) n ^= i; return n; };\n',
      );
      const without = await perfkit([command, 'example.perfkit.yaml', '--out', 'base'], { cwd });
      assert.notEqual(without.code, 0, without.stderr);
      const base = resultIn(cwd, 'base');
      assert.deepEqual(
        base.verdict.targets.map(({ outcome }) => outcome),
        ['no data', 'no data'],
      );
      assert.match(base.verdict.targets[0]?.reason ?? '', /baseline/);

      // whatever the machine was doing: a baseline is a valid run
      const validity = { state: 'valid', reasons: [] };
      writeFileSync(join(cwd, 'base.json'), JSON.stringify({ ...base, validity }));
      const p50 = base.series.find((one) => one.metric === metric)?.p50 ?? NaN;
      await perfkit([command, 'example.perfkit.yaml', '--out', 'head', '--baseline', 'base.json'], { cwd });
      const [near, far] = checked(resultIn(cwd, 'head'));
      assert.ok(
        Math.abs((near?.[1] ?? 0) / p50 - 1.1) < 0.001 && Math.abs((far?.[1] ?? 0) / p50 - 100_000) < 0.1,
      );
      assert.equal(near?.[2], (near?.[0] ?? 0) <= (near?.[1] ?? 0) ? 'pass' : 'fail');
      assert.equal(far?.[2], 'pass');
      assert.ok(existsSync(join(cwd, 'head', 'comparison.json')));
    });
  }
});

describe('--save-baseline', () => {
  test('never keeps a run whose generator was the limit', async () => {
    const cwd = folderWith('example.perfkit.yaml', load);
    // no machine sends ten million requests a second
    const impossible = load
      .replace('rate: 100/s', 'rate: 10M/s')
      .replace('500ms', '300ms')
      .replace(/targets:[^]*/, '');
    writeFileSync(join(cwd, 'example.perfkit.yaml'), impossible);
    const args = ['load', 'example.perfkit.yaml', '--out', 'run', '--max-rate', '10M'];
    const { code, stderr } = await perfkit([...args, '--save-baseline', 'kept'], { cwd });
    assert.equal(resultIn(cwd, 'run').validity.state, 'invalid');
    assert.equal(code, 5, stderr);
    assert.match(stderr, /not saved as the baseline .*\n.*the run is invalid/);
    assert.equal(existsSync(join(cwd, 'reports', 'baselines', 'kept.json')), false);
  });

  test('never keeps a run in which nothing succeeded', async () => {
    const cwd = folderWith('x.txt', '');
    const args = ['load', 'http://127.0.0.1:1/', '-c', '1', '-d', '200ms', '--out', 'run'];
    const { code, stderr } = await perfkit([...args, '--save-baseline', 'kept'], { cwd });
    assert.ok(code !== 0 && code !== null, stderr);
    assert.equal(existsSync(join(cwd, 'reports', 'baselines', 'kept.json')), false);
  });
});
