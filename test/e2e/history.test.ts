import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { perfkit } from '../helpers/cli.ts';
import { bench, suite } from '../judge/compare/results.ts';
import { days, levels } from '../judge/history/entries.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { RunResult } from '../../src/model/result.ts';

/** A run of that day, slower by the factor. */
function runOf(day: number, factor: number): RunResult {
  return {
    ...bench({ seed: day, opNs: 10_000 * factor }),
    started: new Date(Date.UTC(2026, 0, 1 + day)).toISOString(),
  };
}

describe('perfkit history', () => {
  const cwd = temporaryFolder();
  const file = join(cwd, 'reports', 'history.jsonl');

  test('grows by what is added, finds the commits where a level changed, and exits 0 all the same', async () => {
    for (let day = 0; day < 12; day++) {
      mkdirSync(join(cwd, `run-${day}`));
      const document = JSON.stringify(runOf(day, day < 7 ? 1 : 1.3));
      writeFileSync(join(cwd, `run-${day}`, 'result.json'), document);
    }
    for (const [commit, from, to] of [
      ['1111111', 0, 7],
      ['2222222', 7, 12],
    ] as const) {
      const folders = Array.from({ length: to - from }, (_, index) => `run-${from + index}`);
      const added = await perfkit(['history', 'add', ...folders, '--commit', commit], { cwd });
      assert.deepEqual([added.code, added.stdout], [0, '']);
      assert.match(
        added.stderr,
        new RegExp(`^${to - from} runs added to reports/history\\.jsonl at ${commit}\n$`),
      );
    }
    const again = await perfkit(['history', 'add', 'run-3'], { cwd });
    assert.deepEqual(
      [again.code, again.stderr],
      [0, '0 runs added to reports/history.jsonl\n1 was there already\n'],
    );
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, 12);

    const shown = await perfkit(['history', 'example', '--metric', 'op_duration'], { cwd });
    assert.deepEqual([shown.code, shown.stderr], [0, '']);
    assert.match(
      shown.stdout,
      /worse: it op_duration p50, .*between 1111111 \(2026-01-07 00:00\) and 2222222 \(2026-01-08 00:00\)/,
    );
    const { code, stdout } = await perfkit(['history', '--json', '--last', '5'], { cwd });
    assert.equal(code, 0);
    const [scenario] = JSON.parse(stdout).scenarios;
    assert.deepEqual([scenario.name, scenario.groups[0].runs], ['example', 5]);
    const markdown = await perfkit(['history', '-f', 'markdown', '-o', 'h.md'], { cwd });
    assert.deepEqual([markdown.code, markdown.stdout], [0, '']);
    assert.match(readFileSync(join(cwd, 'h.md'), 'utf8'), /^# perfkit history\n\n## example\n\n12 runs/);
  });

  test('takes no run that must not decide anything, says so, and adds the others', async () => {
    const invalid: RunResult = {
      ...runOf(40, 1),
      validity: { state: 'invalid', reasons: ['late'] },
      verdict: { outcome: 'invalid', reasons: ['late'], targets: [] },
    };
    const mixed = { ...suite(invalid, runOf(41, 1)), verdict: invalid.verdict };
    writeFileSync(join(cwd, 'mixed.json'), JSON.stringify(mixed));
    const { code, stderr } = await perfkit(['history', 'add', 'mixed.json', '--file', 'other.jsonl'], {
      cwd,
    });
    assert.equal(code, 5);
    assert.match(
      stderr,
      /^1 run added to other\.jsonl.*\nleft out: mixed\.json: example: the run is invalid: late\n$/,
    );
  });

  test('adds nothing when one of the results cannot be read', async () => {
    writeFileSync(join(cwd, 'cut.json'), JSON.stringify(runOf(50, 1)).slice(0, -9));
    const { code, stderr } = await perfkit(['history', 'add', 'run-1', 'cut.json', '--file', 'none.jsonl'], {
      cwd,
    });
    assert.equal(code, 2);
    assert.match(stderr, /cut short/);
    assert.equal((await perfkit(['history', '--file', 'none.jsonl'], { cwd })).code, 2);
  });
});

describe('perfkit history that has nothing to show says why', () => {
  const cwd = temporaryFolder();
  const lines = days(levels(8)).map((entry) => `${JSON.stringify(entry)}\n`);
  writeFileSync(join(cwd, 'h.jsonl'), lines.join(''));
  writeFileSync(join(cwd, 'empty.jsonl'), '');
  writeFileSync(join(cwd, 'broken.jsonl'), `${lines[0]}::error::x ##[error]\u001b[2J\n`);
  const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    [
      'a file that is missing',
      [],
      2,
      /cannot read the history reports\/history\.jsonl: there is no such file.*history add RESULT begins one/,
    ],
    ['a file that is no history', ['--file', 'broken.jsonl'], 2, /broken\.jsonl:2: expected a line of JSON/],
    ['an empty file', ['--file', 'empty.jsonl'], 5, /no data: the history empty\.jsonl holds no run/],
    [
      'an unknown scenario',
      ['nope', '--file', 'h.jsonl'],
      5,
      /no data: no run of "nope" in h\.jsonl: it holds cache\/get/,
    ],
    [
      'an unknown metric',
      ['--metric', 'x', '--file', 'h.jsonl'],
      5,
      /no data: no "x" in h\.jsonl: its metrics are op_duration/,
    ],
    ['a number of runs that is none', ['--last', 'x'], 2, /Expected a whole number/],
  ];
  for (const [what, args, code, why] of cases) {
    test(`${what}: exit ${code}`, async () => {
      const outcome = await perfkit(['history', ...args], { cwd });
      assert.match(outcome.stderr, why);
      assert.deepEqual([outcome.code, outcome.stdout], [code, '']);
      assert.doesNotMatch(outcome.stderr, /^\s*::.*::|##\[|\u001b/m);
    });
  }
});
