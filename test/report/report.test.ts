import assert from 'node:assert/strict';
import { snapshot, test } from 'node:test';
import fc from 'fast-check';
import { judge } from '../../src/judge/judge.ts';
import { combineVerdicts } from '../../src/judge/verdict.ts';
import { reporters } from '../../src/report/index.ts';
import { markdownCode, markdownText, plain } from '../../src/report/text.ts';
import { counterSeries, gaugeSeries, histogramSeries, measured, range, target } from '../helpers/results.ts';
import type { RunResult, SuiteResult } from '../../src/model/result.ts';

snapshot.setDefaultSnapshotSerializers([String]);

const options = { colourLevel: 0, width: 120 } as const;

function example(): RunResult {
  const run = measured(
    [
      histogramSeries(
        'response_time',
        { phase: 'steady', name: 'list' },
        range(2000, (index) => 1e6 + index * 1e3),
      ),
      histogramSeries(
        'response_time',
        { phase: 'steady', name: 'item' },
        range(1000, () => 2e6),
        range(30, () => 10e9),
      ),
      counterSeries('throughput', { phase: 'steady', name: 'list' }, 2000, 10e9),
      counterSeries('throughput', { phase: 'steady', name: 'item' }, 1000, 10e9),
      counterSeries('errors', { phase: 'steady', name: 'item' }, 30, 1030),
      { ...gaugeSeries('cpu', { phase: 'steady' }, 0.431) },
    ],
    {
      errors: [{ class: 'timeout', tags: { name: 'item' }, count: 30, example: 'no reply within 10s' }],
      validity: { state: 'suspect', reasons: ['the event loop of the generator was held up for 61ms'] },
    },
  );
  const verdict = judge(run, [
    target('response_time{name:list} p95 < 5ms', { id: 'X1', source: 'the manual: "fast lists"' }),
    target('response_time p99 < 200ms', { severity: 'warn' }),
    target('errors rate < 0.1%'),
    target('hit_ratio value >= 80%'),
  ]);
  return { ...run, verdict };
}

function suite(): SuiteResult {
  const other = example();
  const targets = other.verdict.targets.map((one) => ({ ...one, scenario: 'second' }));
  const results = [
    example(),
    { ...other, scenario: { ...other.scenario, name: 'second' }, verdict: { ...other.verdict, targets } },
  ];
  const verdict = combineVerdicts(
    results.map((result) => ({ name: result.scenario.name, verdict: result.verdict })),
  );
  return {
    schema: 'perfkit/suite@1',
    perfkit: '0.0.0',
    started: '2026-01-02T03:04:05.678Z',
    durationNs: 20e9,
    results,
    verdict,
  };
}

test('the terminal report of one run', (t) => t.assert.snapshot(reporters.terminal(example(), options)));
test('the markdown report of one run', (t) => t.assert.snapshot(reporters.markdown(example(), options)));
test('the terminal report of a suite', (t) => t.assert.snapshot(reporters.terminal(suite(), options)));
test('the markdown report of a suite', (t) => t.assert.snapshot(reporters.markdown(suite(), options)));

test('the JSON report is one document that parses back', () => {
  assert.deepEqual(JSON.parse(reporters.json(suite(), options)), JSON.parse(JSON.stringify(suite())));
});

test('without colour no report holds an escape character', () => {
  for (const reporter of Object.values(reporters)) assert.doesNotMatch(reporter(suite(), options), /\u001b/);
});

const hostile =
  '\u001b[2J\u001b]0;title\u0007<script>alert(1)</script> | `x` @everyone ::error::x https://a.example [a](b)\r\n# h\u202e';

test('text from a server is inert in every report', () => {
  const run = example();
  const evil: RunResult = {
    ...run,
    scenario: { ...run.scenario, name: hostile },
    errors: [{ class: hostile, tags: { name: hostile }, count: 1, example: hostile }],
    validity: { state: 'suspect', reasons: [hostile] },
    verdict: { ...run.verdict, reasons: [hostile] },
  };
  const text = reporters.terminal(evil, options);
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.doesNotMatch(text, /^::/m);
  const markdown = reporters.markdown(evil, options).replace(/(`+)(?:(?!\1).)*\1/g, '');
  assert.doesNotMatch(markdown, /<script|@everyone|::error|^# h|https:\/\/a/m);
});

test('plain text is one printable line of bounded length, whatever came', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const out = plain(text);
      assert.ok(out.length <= 300 && !/[\p{Cc}\u2028\u2029]/u.test(out));
    }),
  );
});

test('markdown text and code stay inside their table cell', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('|', '`', '\\', 'a', ' ', '<', '@', '\n', '*') }),
      (text) => {
        for (const cell of [markdownText(text), markdownCode(text)]) {
          assert.ok(!cell.includes('\n'));
          assert.doesNotMatch(cell.replace(/\\\\/g, ''), /(?<!\\)\|/, cell);
        }
      },
    ),
  );
});
