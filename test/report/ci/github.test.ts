import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reporters } from '../../../src/report/index.ts';
import { exampleRun, hostileRuns, passingRun, suiteOf } from '../hostile.ts';
import type { RunResult } from '../../../src/model/result.ts';

const options = { colourLevel: 0, width: 120 } as const;

/** What the runner makes of a line: its `ActionCommand.TryParseV2` (actions/runner), which also undoes the escapes. */
function parse(line: string): { command: string; properties: Record<string, string>; data: string } | null {
  const trimmed = line.trim();
  if (!trimmed.startsWith('::')) return null;
  const end = trimmed.indexOf('::', 2);
  if (end < 0) return null;
  const head = trimmed.slice(2, end);
  const space = head.indexOf(' ');
  const undo = (text: string): string =>
    text
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  const pairs = (space < 0 ? '' : head.slice(space + 1)).split(',').filter((pair) => pair !== '');
  return {
    command: space < 0 ? head : head.slice(0, space),
    properties: Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), undo(pair.slice(pair.indexOf('=') + 1))]),
    ),
    data: undo(trimmed.slice(end + 2)),
  };
}

test('each target that does not hold is annotated at its line, with what was measured, worst first', () => {
  const lines = reporters.github(exampleRun(), options).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => {
      const parsed = parse(line);
      return [parsed?.command, parsed?.properties['file'], parsed?.properties['line'], parsed?.data];
    }),
    [
      ['error', 'load/api.perfkit.yaml', '14', 'errors rate < 0.1%: 2.91%, limit 0.1%, margin -2813%'],
      [
        'error',
        'load/api.perfkit.yaml',
        '16',
        'response_time p99.99 < 1h: >= 10.0s, limit 60.0min, margin +100% (it falls among operations that never completed: the true value is at least this)',
      ],
      [
        'error',
        'load/api.perfkit.yaml',
        '15',
        'hit_ratio value >= 80%: no data (nothing was recorded for hit_ratio)',
      ],
      [
        'warning',
        'load/api.perfkit.yaml',
        '13',
        'response_time p99 < 1ms: 3.00ms, limit 1.00ms, margin -200%',
      ],
    ],
  );
});

test('a run that passes without a doubt is annotated with nothing', () => {
  assert.equal(reporters.github(passingRun(), options), '');
});

test('an invalid run is one error, and says nothing of its targets', () => {
  const run = exampleRun();
  const invalid: RunResult = {
    ...run,
    verdict: { ...run.verdict, outcome: 'invalid', reasons: ['the generator was late'] },
  };
  assert.equal(
    reporters.github(invalid, options),
    '::error file=load/api.perfkit.yaml,line=1,title=example%3A invalid run::the generator was late\n',
  );
});

test('a suite without runs is an error', () => {
  assert.equal(
    reporters.github(suiteOf([]), options),
    '::error title=perfkit%3A run::perfkit: nothing was run\n',
  );
});

test('there are at most ten annotations of a kind, the last of which says how many more there are', () => {
  const run = exampleRun();
  const [failed] = run.verdict.targets.filter(({ outcome }) => outcome === 'fail');
  assert.ok(failed !== undefined);
  const targets = Array.from({ length: 25 }, (_, index) => ({ ...failed, margin: -index, line: index + 1 }));
  const lines = reporters
    .github({ ...run, verdict: { ...run.verdict, targets } }, options)
    .trimEnd()
    .split('\n');
  const parsed = lines.map(parse);
  assert.equal(parsed.length, 10);
  assert.deepEqual(
    [parsed[0]?.properties['line'], parsed[9]?.data],
    ['25', 'and 16 more: the report has all of them'],
  );
});

test('a file outside the repository is not named', () => {
  const text = reporters.github(exampleRun(), { ...options, sourcePath: () => null });
  assert.doesNotMatch(text, /file=/);
  assert.match(text, /^::error title=example%3A target failed::example: errors rate/);
});

test('whatever a text holds, each line is one error or warning, with a file, a line and a title', () => {
  fc.assert(
    fc.property(hostileRuns, (run) => {
      const text = reporters.github(suiteOf([run, exampleRun()]), options);
      assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|##\w*\[/u);
      for (const line of text.trimEnd().split('\n')) {
        const parsed = parse(line);
        assert.ok(parsed !== null && ['error', 'warning'].includes(parsed.command), line);
        assert.deepEqual(Object.keys(parsed.properties), ['file', 'line', 'title']);
        assert.match(parsed.properties['line'] ?? '', /^\d+$/);
        assert.doesNotMatch(parsed.data, /[\r\n]/);
      }
    }),
    { numRuns: 200 },
  );
});
