import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PerfkitError } from '../../src/model/errors.ts';
import { parseResult } from '../../src/run/result-schema.ts';
import { histogramSeries, range } from '../helpers/results.ts';
import { bench, load, suite } from '../judge/compare/results.ts';
import type { RunResult, Series, SuiteResult } from '../../src/model/result.ts';

/** What is read from the document as a file; a PerfkitError when it is refused. */
function read(document: unknown): RunResult | SuiteResult {
  return parseResult(JSON.parse(JSON.stringify(document)), 'x.json');
}

function refusal(document: unknown): string {
  try {
    read(document);
  } catch (error) {
    assert.ok(error instanceof PerfkitError, String(error));
    assert.equal(error.exitCode, 2);
    return error.message;
  }
  return 'it was read';
}

/** The run with one of its series changed. */
function withSeries(run: RunResult, metric: string, change: (series: Series) => Series): RunResult {
  return { ...run, series: run.series.map((one) => (one.metric === metric ? change(one) : one)) };
}

function withoutHistogram(series: Series): Series {
  return JSON.parse(
    JSON.stringify(series, (key, value: unknown) => (key === 'histogram' ? undefined : value)),
  );
}

const run = load({ seconds: 12 });
const tags = { phase: 'main', name: 'list' };

test('a result that does not contradict itself is read as it is', () => {
  for (const document of [run, bench(), load({ censored: 2 }), suite(bench(), run), bench({ perRound: 0 })])
    assert.deepEqual(read(document), JSON.parse(JSON.stringify(document)));
});

describe('a result is refused', () => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'whose count is not that of its histogram',
      withSeries(run, 'response_time', (one) => ({ ...one, count: one.count + 1 })),
      /\$\.series\.0: response_time\{phase:main,name:list\}: count is 1201, and its histograms hold 1200 samples/,
    ],
    [
      'whose percentiles are not those of its histogram',
      withSeries(run, 'response_time', (one) => ({ ...one, p95: (one.p90 ?? 0) * 1.001 })),
      /p95 is .*, and its histogram says/,
    ],
    [
      'whose percentiles fall',
      withSeries(run, 'response_time', (one) => ({ ...one, p50: 1e10 })),
      /do not rise/,
    ],
    [
      'with a negative duration',
      withSeries(run, 'response_time', (one) => ({ ...one, min: -5 })),
      /it has negative values: -5/,
    ],
    ['that lasted less than nothing', { ...run, durationNs: -1 }, /\$\.durationNs: /],
    [
      'with a count that is NaN, in a text',
      withSeries(run, 'throughput', (one) => ({ ...one, count: 'NaN' as unknown as number })),
      /\$\.series\.1\.count: .*expected number/,
    ],
    [
      'with a value that is no number in JSON',
      withSeries(run, 'throughput', (one) => ({ ...one, rate: NaN })),
      /\$\.series\.1\.rate: .*expected number/,
    ],
    [
      'with a rate that is not its count over its time',
      withSeries(run, 'throughput', (one) => ({ ...one, rate: 1 })),
      /throughput.*: rate is 1, with 1200 of 12000000000/,
    ],
    [
      'with more censored samples than samples',
      withSeries(load({ censored: 2, seconds: 12 }), 'response_time', (one) => ({ ...one, censored: 1e6 })),
      /1000000 of 1224 samples are censored/,
    ],
    [
      'with a series that is there twice',
      { ...run, series: [...run.series, ...run.series.slice(0, 1)] },
      /\$\.series\.3: response_time\{phase:main,name:list\} is there twice/,
    ],
    [
      'with a series twice in an interval',
      {
        ...run,
        intervals: run.intervals.map((one) => ({ ...one, series: [...one.series, ...one.series] })),
      },
      /\$\.intervals\.0\.series\.3: .* is there twice/,
    ],
    [
      'with an interval after its end',
      { ...run, intervals: run.intervals.map((one) => ({ ...one, startNs: one.startNs + 60e9 })) },
      /\$\.intervals\.0: it is 61000000000 ns after the start of a run of 12000000000 ns/,
    ],
    [
      'with an interval before its start',
      { ...run, intervals: run.intervals.map((one) => ({ ...one, startNs: one.startNs - 1e9 })) },
      /\$\.intervals\.0\.startNs: /,
    ],
    [
      'whose intervals do not add up',
      { ...run, intervals: run.intervals.slice(1) },
      /count is 1200, and its intervals hold 1100/,
    ],
    [
      'with a metric that is not defined',
      { ...run, scenario: { ...run.scenario, metrics: [] } },
      /response_time\{phase:main,name:list\} has no definition in scenario\.metrics/,
    ],
    [
      'with a series of another kind than its metric',
      withSeries(run, 'throughput', (one) => ({ ...one, kind: 'gauge', value: 1, min: 1, max: 1 })),
      /it is a gauge, and its metric a counter/,
    ],
    [
      'with a gauge outside its own range',
      withSeries(bench(), 'hit_ratio', (one) => ({ ...one, value: 2 })),
      /its value 2 is not between min and max/,
    ],
    [
      'with samples and no histogram',
      withSeries(run, 'response_time', withoutHistogram),
      /count is 1200, and there is no histogram/,
    ],
    [
      'that passes although it is invalid',
      { ...run, validity: { state: 'invalid', reasons: ['late'] } },
      /\$\.verdict: it is a pass of an invalid run/,
    ],
    [
      'that passes although it was cut short',
      { ...run, complete: false },
      /it is a pass of a run that was not/,
    ],
    [
      'in a suite that passes although one of its runs does not',
      suite(bench(), { ...run, verdict: { ...run.verdict, outcome: 'fail' } }),
      /\$\.verdict: it is a pass, and that of a run is fail/,
    ],
    ['in a suite that passes without a run', suite(), /a pass of no run at all/],
    ['of a later version', { ...run, schema: 'perfkit/result@2' }, /got "perfkit\/result@2"/],
  ];
  for (const [name, document, reason] of cases) test(name, () => assert.match(refusal(document), reason));
});

test('whatever count is changed, the result is refused', () => {
  const counts = fc.integer({ min: 0, max: 2 ** 40 });
  fc.assert(
    fc.property(fc.nat(run.series.length - 1), counts, (index, count) => {
      fc.pre(run.series[index]?.count !== count);
      const series = run.series.map((one, place) => (place === index ? { ...one, count } : one));
      assert.match(refusal({ ...run, series }), /contradicts itself/);
    }),
    { numRuns: 100 },
  );
});

test('no more than ten faults are told, and no text of the file moves the cursor', () => {
  const series = range(50, (index) => ({
    ...histogramSeries('response_time', { ...tags, name: `\u001b[2J${index}\n::error::` }, [1, 2]),
    count: 5,
  }));
  const message = refusal({ ...run, intervals: [], series });
  assert.equal(message.split('\n').length, 11);
  assert.doesNotMatch(message, /\u001b|^::/m);
});

test('a key that is a part of every object is a tag like another, or none', () => {
  const text = JSON.stringify(run).replaceAll('"phase":"main"', '"phase":"main","__proto__":"x"');
  const document = parseResult(JSON.parse(text), 'x.json');
  assert.equal(
    Object.getPrototypeOf('series' in document ? document.series[0]?.tags : null),
    Object.prototype,
  );
});
