import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { longLoadResult } from '../../bench/long-load-results.ts';
import { histogramSeries } from '../helpers/results.ts';
import { perfkit } from '../helpers/cli.ts';
import { bench, load, suite } from '../judge/compare/results.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { RunResult } from '../../src/model/result.ts';

const cwd = temporaryFolder();
let files = 0;

/** A file with this text, or with this document. */
function file(content: unknown): string {
  const name = `${++files}.json`;
  writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

function named(run: RunResult, name: string): RunResult {
  return { ...run, scenario: { ...run.scenario, name } };
}

const base = bench({ seed: 1 });
const text = JSON.stringify(base);
const renamed = JSON.parse(text.replaceAll('"subject":"it"', '"subject":"that"'));
const noSuite = {
  ...suite(),
  verdict: { outcome: 'fail', reasons: ['nothing was run'], targets: [] },
};
const metricRenamed = JSON.parse(text.replaceAll('"op_duration"', '"op_time"'));

describe('perfkit compare', () => {
  test('of two results that are the same exits 0, of a slower head 4', async () => {
    const same = await perfkit(['compare', file(base), file(bench({ seed: 2 }))], { cwd });
    assert.deepEqual([same.code, same.stderr], [0, '']);
    const worse = await perfkit(['compare', file(base), file(bench({ seed: 2, opNs: 20_000 }))], { cwd });
    assert.equal(worse.code, 4);
    assert.match(worse.stdout, /WORSE\n {2}worse: op_duration \{subject:it\} p50/);
  });
});

describe('perfkit compare without data never exits 0, and says why', () => {
  const cases: readonly (readonly [what: string, head: unknown, code: number, why: RegExp])[] = [
    ['an empty file', '', 2, /expected a JSON document in .*: it is empty/],
    ['a file of spaces', ' \n', 2, /it is empty/],
    ['a result that is cut short', text.slice(0, -500), 2, /expected a JSON document in .*cut short/],
    ['an empty suite', noSuite, 5, /NO DATA\n {2}the head did not run it/],
    ['a document without schema', '{}', 2, /expected a perfkit result .*got no schema at all/],
    ['a later schema', { ...base, schema: 'perfkit/result@2' }, 2, /got "perfkit\/result@2"/],
    ['a capacity search', { schema: 'perfkit/capacity@1' }, 2, /got "perfkit\/capacity@1"/],
    ['a series by another name', renamed, 5, /NO DATA\n {2}missing: op_duration \{subject:it\}/],
    ['a metric by another name', metricRenamed, 5, /NO DATA\n {2}missing: op_duration \{subject:it\}/],
    ['another scenario', named(base, 'other'), 5, /NOT COMPARABLE\n {2}another scenario/],
    ['no samples', bench({ perRound: 0 }), 5, /NO DATA\n {2}no data: op_duration .*the head has no samples/],
    ['a load instead of a bench', load(), 5, /NOT COMPARABLE\n {2}the base is a bench, the head a load/],
    ['a count that is a text', text.replace('"count":5000', '"count":"NaN"'), 2, /series\.0\.count/],
    [
      "a count that is not the histogram's",
      text.replace('"count":5000', '"count":9000'),
      2,
      /contradicts itself/,
    ],
    [
      'an invalid run',
      {
        ...base,
        validity: { state: 'invalid', reasons: ['late'] },
        verdict: { ...base.verdict, outcome: 'invalid' },
      },
      5,
      /NOT COMPARABLE\n {2}the head run is invalid: late/,
    ],
  ];
  const before = file(base);
  for (const [what, head, code, why] of cases) {
    test(`${what}: exit ${code}`, async () => {
      const outcome = await perfkit(['compare', before, file(head)], { cwd });
      assert.match(outcome.stdout + outcome.stderr, why);
      assert.equal(outcome.code, code);
    });
  }

  test('a baseline that is not there, or a folder without a result: exit 2', async () => {
    const missing = await perfkit(['compare', 'main', before], { cwd });
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /expected a result .* or the name of a baseline .*got "main"/);
    mkdirSync(join(cwd, 'empty'), { recursive: true });
    const empty = await perfkit(['compare', 'empty', before], { cwd });
    assert.equal(empty.code, 2);
    assert.match(empty.stderr, /cannot read the result .*result\.json: there is no such file/);
  });

  test('a suite that lacks a scenario of the base: exit 5', async () => {
    const two = file(suite(named(base, 'one'), named(base, 'two')));
    const outcome = await perfkit(['compare', two, file(suite(named(base, 'one')))], { cwd });
    assert.equal(outcome.code, 5);
    assert.match(outcome.stdout, /NO DATA\n {2}two: the head did not run it/);
  });

  test('a file of a gigabyte is refused without being read: exit 2', async () => {
    const handle = openSync(join(cwd, 'huge.json'), 'w');
    ftruncateSync(handle, 2 ** 30);
    closeSync(handle);
    const outcome = await perfkit(['compare', before, 'huge.json'], { cwd, limitMs: 20_000 });
    assert.equal(outcome.code, 2);
    assert.match(outcome.stderr, /huge\.json has 1073741824 bytes; a result has at most 134217728/);
  });
});

test('text of a result is no command to a CI runner in anything that compare prints', async () => {
  const evil = '::error::x ##[error]y <script>@octocat|`\u001b[2J';
  const head = file(named(bench({ perRound: 0 }), evil));
  for (const format of ['terminal', 'markdown', 'json']) {
    const { code, stdout, stderr } = await perfkit(['compare', file(named(base, evil)), head, '-f', format], {
      cwd,
    });
    assert.equal(code, 5);
    assert.doesNotMatch(stdout + stderr, /^\s*::.*::|##\[|\u001b/m);
  }
});

test('a comparison of two long loads stays below 280 MiB', async () => {
  const long = { intervals: 300, intervalNs: 96e9, names: ['list', 'item'], samples: 3000 };
  const heads = [1, 2].map((seed) => file(longLoadResult({ ...long, seed, responseNs: 2e6 + seed * 1e4 })));
  const told = join(cwd, 'peak.txt');
  const tell = file('').replace('.json', '.mjs');
  writeFileSync(
    join(cwd, tell),
    `import { writeFileSync } from 'node:fs';
     process.on('exit', () => writeFileSync(${JSON.stringify(told)}, String(process.resourceUsage().maxRSS)));`,
  );
  const outcome = await perfkit(['compare', ...heads], {
    cwd,
    env: { NODE_OPTIONS: `--import ${pathToFileURL(join(cwd, tell)).href}` },
  });
  assert.equal(outcome.code, 0, outcome.stdout);
  const peakKib = Number(readFileSync(told, 'utf8'));
  assert.ok(peakKib > 0 && peakKib < 280 * 1024, `${Math.round(peakKib / 1024)} MiB`);
});

test('a histogram of 10^9 samples is compared like another', async () => {
  const many = histogramSeries('response_time', { phase: 'main', name: 'list' }, [1000, 2000]);
  assert.ok(many.histogram !== undefined);
  const { withCounts } = await import('./with-counts.ts');
  const huge = { ...many, count: 2e9, histogram: withCounts(many.histogram, 1e9) };
  const run = load();
  const result = {
    ...run,
    intervals: [],
    series: [huge, ...run.series.filter((one) => one.metric !== 'response_time')],
  };
  const outcome = await perfkit(['compare', file(result), file(result), '--json'], { cwd });
  const [p50] = JSON.parse(outcome.stdout).scenarios[0].series;
  assert.deepEqual([p50.base.samples, p50.base.value], [2e9, 1000]);
  assert.equal(outcome.code, 0, outcome.stderr);
});
