import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../src/judge/judge.ts';
import { markdown } from '../../src/report/markdown.ts';
import { terminal } from '../../src/report/terminal.ts';
import { variantRows } from '../../src/report/variant-rows.ts';
import { counterSeries, histogramSeries, measured, range, target } from '../helpers/results.ts';
import type { IntervalSummary, RunResult, Series } from '../../src/model/result.ts';

/** Rounds of two subjects: `on` takes a part of the time of `off`. */
function rounds(count: number, part: number, targets: readonly string[] = []): RunResult {
  const seriesOf = (subject: string, round: number): Series[] => {
    const factor = (subject === 'on' ? part : 1) * (1 + round / 100);
    return [
      histogramSeries(
        'response_time',
        { subject, phase: 'steady', name: 'a' },
        range(100, () => 1e6 * factor),
      ),
      counterSeries('throughput', { subject, phase: 'steady', name: 'a' }, 100, 1e9),
    ];
  };
  const slots = range(count).flatMap((round) => ['off', 'on'].map((subject) => ({ subject, round })));
  const intervals = slots.map(({ subject, round }, index): IntervalSummary => ({
    startNs: index * 1e9,
    durationNs: 1e9,
    tags: { subject, phase: 'steady', round: String(round + 1) },
    measured: true,
    series: seriesOf(subject, round),
  }));
  const run = measured(
    ['off', 'on'].flatMap((subject) => seriesOf(subject, 0)),
    { intervals },
  );
  const withReference = { ...run, scenario: { ...run.scenario, reference: 'off' } };
  return {
    ...withReference,
    verdict: judge(
      withReference,
      targets.map((expr) => target(expr)),
    ),
  };
}

test('a variant stands beside the reference, with the interval of their ratio over the rounds', () => {
  const rows = variantRows(rounds(4, 0.5));
  assert.deepEqual(
    rows.map(({ label, statistic }) => `${label} ${statistic}`),
    ['on response_time p50', 'on response_time p95', 'on response_time p99', 'on throughput rate'],
  );
  assert.deepEqual([rows[0]?.value, rows[0]?.reference, rows[0]?.ratio], ['500us', '1.00ms', 'x 0.5']);
  const [low = NaN, high = NaN] = (rows[0]?.interval ?? '').split(' to ').map(Number);
  assert.ok(low > 0.45 && low < 0.5 && high > 0.5 && high < 0.55, rows[0]?.interval);
});

test('too few rounds are told, not guessed from', () => {
  assert.equal(variantRows(rounds(2, 0.5))[0]?.interval, '2 rounds, it takes 3');
});

test('what a target says of the reference is shown too', () => {
  const rows = variantRows(
    rounds(3, 0.5, ['response_time{subject:on,name:a} p75 <= reference * 0.6 in steady']),
  );
  assert.equal(rows.at(-1)?.statistic, 'response_time{name:a} p75 in steady');
  assert.equal(rows.at(-1)?.ratio, 'x 0.5');
});

test('without a reference, or without anything beside it, there are none', () => {
  const run = rounds(3, 0.5);
  assert.deepEqual(variantRows({ ...run, scenario: { ...run.scenario, reference: null } }), []);
  const alone = { ...run, series: run.series.filter(({ tags }) => tags['subject'] === 'off') };
  assert.deepEqual(variantRows(alone), []);
});

test('a value that is only a bound makes no ratio', () => {
  const run = rounds(3, 0.5);
  const cut = histogramSeries(
    'response_time',
    { subject: 'on', phase: 'steady', name: 'a' },
    [],
    range(100, () => 5e9),
  );
  const series = run.series.map((one) =>
    one.metric === 'response_time' && one.tags['subject'] === 'on' ? cut : one,
  );
  const [row] = variantRows({ ...run, series });
  assert.deepEqual([row?.value, row?.ratio, row?.interval], ['>= 5.00s', '', '']);
});

test('terminal and markdown show the table', () => {
  const run = rounds(4, 0.5);
  assert.match(
    terminal(run, { colourLevel: 0, width: 120 }),
    /\n +against off +value +reference +ratio +95% interval *\n +on +response_time p50 +500us +1\.00ms +x 0\.5 +0\.4\d+ to 0\.5\d+/,
  );
  assert.match(
    markdown(run, { colourLevel: 0, width: 120 }),
    /\| against off \| {2}\| value \| reference \| ratio \| 95% interval \|\n/,
  );
});
