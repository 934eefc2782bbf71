import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../src/judge/judge.ts';
import { counterSeries, histogramSeries, measured, range, target } from '../helpers/results.ts';
import type { IntervalSummary, RunResult } from '../../src/model/result.ts';

function second(at: number, samples: number, more: Partial<IntervalSummary> = {}): IntervalSummary {
  const tags = { phase: 'steady' };
  return {
    startNs: at * 1e9,
    durationNs: 1e9,
    tags,
    measured: true,
    series:
      samples === 0
        ? []
        : [
            histogramSeries(
              'response_time',
              tags,
              range(samples, () => 1e6),
            ),
          ],
    ...more,
  };
}

function run(intervals: readonly IntervalSummary[]): Omit<RunResult, 'verdict'> {
  const series = [
    histogramSeries(
      'response_time',
      { phase: 'steady' },
      range(1000, () => 1e6),
    ),
    counterSeries('throughput', { phase: 'steady' }, 1000, 10e9),
  ];
  return measured(series, { intervals });
}

function outcome(intervals: readonly IntervalSummary[], expr: string): string {
  const [check] = judge(run(intervals), [target(expr)]).targets;
  return `${check?.outcome}: ${check?.reason}`;
}

test('a window without a sample fails: a dead server is no fast one', () => {
  const intervals = [second(0, 100), second(1, 100), second(2, 0), second(3, 100)];
  assert.match(
    outcome(intervals, 'response_time p50 < 50ms over 1s'),
    /^no data: a window of 1\.00s holds no samples/,
  );
  assert.match(outcome(intervals, 'response_time p50 < 50ms over 2s'), /^pass/);
});

test('a second whose tick came late is a window as it is', () => {
  const intervals = [second(0, 100), second(1, 100, { durationNs: 1.07e9 }), second(2.07, 100)];
  assert.match(outcome(intervals, 'response_time p50 < 50ms over 1s'), /^pass/);
});

test('a window lies within one phase', () => {
  const other = { phase: 'other' };
  const slow = second(2, 0, {
    tags: other,
    series: [
      histogramSeries(
        'response_time',
        other,
        range(100, () => 1e9),
      ),
    ],
  });
  const intervals = [second(0, 100), second(1, 100), slow, { ...slow, startNs: 3e9 }];
  assert.match(outcome(intervals, 'response_time p50 < 50ms in steady over 2s'), /^pass/);
});

test('a counter of nothing is a number, not a lack of data', () => {
  const series = [counterSeries('errors', {}, 0, 1000), counterSeries('throughput', {}, 1000, 10e9)];
  const verdict = judge(measured(series), [target('errors count == 0'), target('errors rate < 1%')]);
  assert.equal(verdict.outcome, 'pass');
});

test('failures that no target limits are named beside a pass', () => {
  const series = [counterSeries('errors', {}, 12, 1000), counterSeries('throughput', {}, 988, 10e9)];
  assert.match(
    judge(measured(series), []).reasons[0] ?? '',
    /12 of 1000 operations failed, and no target limits errors/,
  );
  assert.deepEqual(judge(measured(series), [target('errors rate < 5%')]).reasons, []);
});

test('a slope is that within the rounds, which start anew', () => {
  const at = (round: number, index: number): IntervalSummary =>
    second(round * 100 + index, 0, {
      tags: { phase: 'steady', round: String(round) },
      series: [
        histogramSeries(
          'response_time',
          { phase: 'steady' },
          range(10, () => (100 - 40 * round + index) * 1e6),
        ),
      ],
    });
  const intervals = [0, 1].flatMap((round) => range(5, (index) => at(round, index)));
  const [check] = judge(run(intervals), [target('response_time slope < 2ms/s')]).targets;
  assert.equal(check?.outcome, 'pass', check?.reason ?? '');
  assert.ok(Math.abs((check?.actual ?? 0) - 1e6) < 1e5, `${check?.actual}`);
});

test('a slope over rounds of one interval each is that from round to round', () => {
  const intervals = range(4, (round) =>
    second(round * 10, 0, {
      tags: { round: String(round) },
      series: [histogramSeries('response_time', { phase: 'steady' }, [(10 + round) * 1e6])],
    }),
  );
  const [check] = judge(run(intervals), [target('response_time slope > 0ms/s')]).targets;
  assert.ok(Math.abs((check?.actual ?? 0) - 1e5) < 1e4, `${check?.actual}`);
});
