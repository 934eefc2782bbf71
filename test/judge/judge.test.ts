import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge } from '../../src/judge/judge.ts';
import { combineVerdicts, exitCodeOf } from '../../src/judge/verdict.ts';
import { counterSeries, gaugeSeries, histogramSeries, measured, range, target } from '../helpers/results.ts';
import type { Series } from '../../src/model/result.ts';

const busy = counterSeries('throughput', {}, 1000, 10e9);
const ms = (count: number): number[] => range(count, (index) => (index + 1) * 1e6);

function outcomeOf(series: readonly Series[], expr: string, more = {}): string {
  const verdict = judge(measured([busy, ...series], more), [target(expr)]);
  return `${verdict.outcome}: ${verdict.targets[0]?.outcome}`;
}

describe('a target', () => {
  test('passes when the measured value is inside the limit, and says by how much', () => {
    const verdict = judge(measured([busy, histogramSeries('response_time', {}, ms(1000))]), [
      target('response_time p95 < 1s'),
    ]);
    const [check] = verdict.targets;
    assert.equal(verdict.outcome, 'pass');
    assert.ok(check !== undefined && Math.abs((check.actual ?? 0) - 950e6) < 1e6);
    assert.ok(Math.abs((check.margin ?? 0) - 0.05) < 0.002);
    assert.equal(exitCodeOf(verdict), 0);
  });

  test('fails when it is outside, and exits 3', () => {
    const verdict = judge(measured([busy, histogramSeries('response_time', {}, ms(1000))]), [
      target('response_time p95 < 900ms'),
    ]);
    assert.equal(verdict.outcome, 'fail');
    assert.equal(exitCodeOf(verdict), 3);
    assert.match(verdict.reasons[0] ?? '', /target failed: response_time p95 < 900ms/);
  });

  test('fails closed when its metric has no samples', () => {
    assert.equal(outcomeOf([], 'response_time p95 < 1s'), 'fail: no data');
    assert.equal(
      outcomeOf(
        [histogramSeries('response_time', { name: 'list' }, ms(1000))],
        'response_time{name:item} p95 < 1s',
      ),
      'fail: no data',
    );
    assert.equal(outcomeOf([counterSeries('errors', {}, 0, 0)], 'errors rate < 1%'), 'fail: no data');
  });

  test('on a percentile with fewer than ten samples above it is underpowered, not passed', () => {
    assert.equal(
      outcomeOf([histogramSeries('response_time', {}, ms(999))], 'response_time p99 < 2s'),
      'undecided: underpowered',
    );
    assert.equal(
      outcomeOf([histogramSeries('response_time', {}, ms(1000))], 'response_time p99 < 2s'),
      'pass: pass',
    );
  });

  test('fails even when underpowered if the value is outside the limit', () => {
    assert.equal(
      outcomeOf([histogramSeries('response_time', {}, ms(20))], 'response_time p99 < 1ms'),
      'fail: fail',
    );
  });

  test('fails when its percentile falls among operations that never completed', () => {
    const series = histogramSeries(
      'response_time',
      {},
      ms(980),
      range(20, () => 1e6),
    );
    const [check] = judge(measured([busy, series]), [target('response_time p99 < 10s')]).targets;
    assert.equal(check?.outcome, 'fail');
    assert.equal(check?.bounded, true);
    assert.equal(outcomeOf([series], 'response_time p95 < 10s'), 'pass: pass');
  });

  test('without a subject holds for every subject; the worst one decides', () => {
    const series = [
      histogramSeries('op_duration', { subject: 'fast' }, ms(100)),
      histogramSeries(
        'op_duration',
        { subject: 'slow' },
        range(100, () => 5e9),
      ),
    ];
    const [check] = judge(measured([busy, ...series]), [target('op_duration p50 < 1s')]).targets;
    assert.equal(check?.outcome, 'fail');
    assert.deepEqual(check?.tags, { subject: 'slow' });
    assert.equal(outcomeOf(series, 'op_duration{subject:fast} p50 < 1s'), 'pass: pass');
  });

  test('adds up the parts of one thing: every endpoint counts', () => {
    const series = [
      histogramSeries(
        'response_time',
        { name: 'list' },
        range(900, () => 1e6),
      ),
      histogramSeries(
        'response_time',
        { name: 'item' },
        range(100, () => 1e9),
      ),
    ];
    assert.equal(outcomeOf(series, 'response_time p95 < 10ms'), 'fail: fail');
    assert.equal(outcomeOf(series, 'response_time p50 < 10ms'), 'pass: pass');
  });

  test('reads shares, rates, counts and gauges in their units', () => {
    assert.equal(outcomeOf([counterSeries('errors', {}, 1, 1000)], 'errors rate < 0.2%'), 'pass: pass');
    assert.equal(outcomeOf([counterSeries('errors', {}, 3, 1000)], 'errors rate < 0.2%'), 'fail: fail');
    assert.equal(outcomeOf([], 'throughput rate >= 100/s'), 'pass: pass');
    assert.equal(outcomeOf([], 'throughput rate >= 7k/min'), 'fail: fail');
    assert.equal(outcomeOf([], 'throughput count == 1000'), 'pass: pass');
    assert.equal(
      outcomeOf([gaugeSeries('hit_ratio', { subject: 'lru' }, 0.725)], 'hit_ratio value >= 72%'),
      'pass: pass',
    );
  });

  test('adds the rates of endpoints, which run at once, and not those of phases, which follow each other', () => {
    const at = (phase: string, name: string, count: number, seconds: number): Series =>
      counterSeries('throughput', { phase, name }, count, seconds * 1e9);
    const series = [at('one', 'list', 1000, 10), at('one', 'item', 500, 10), at('two', 'list', 3000, 10)];
    const rate = (expr: string): number | null | undefined =>
      judge(measured(series), [target(expr)]).targets[0]?.actual;
    assert.equal(rate('throughput rate > 1/s in one'), 150);
    assert.equal(rate('throughput rate > 1/s in two'), 300);
    assert.equal(rate('throughput rate > 1/s'), 225);
    assert.equal(rate('throughput{name:list} rate > 1/s'), 200);
  });

  test('relative to the reference compares each other subject with it', () => {
    const series = [
      histogramSeries(
        'op_duration',
        { subject: 'off' },
        range(100, () => 10e6),
      ),
      histogramSeries(
        'op_duration',
        { subject: 'on' },
        range(100, () => 3e6),
      ),
    ];
    const scenario = { ...measured(series).scenario, reference: 'off' };
    assert.equal(outcomeOf(series, 'op_duration p50 <= reference * 0.4', { scenario }), 'pass: pass');
    assert.equal(outcomeOf(series, 'op_duration p50 <= reference * 0.2', { scenario }), 'fail: fail');
  });

  test('relative to a baseline that is not there fails', () => {
    assert.equal(
      outcomeOf([histogramSeries('response_time', {}, ms(1000))], 'response_time p95 < baseline * 1.1'),
      'fail: no data',
    );
  });

  test('with severity warn reports and does not fail', () => {
    const verdict = judge(measured([busy]), [target('throughput rate >= 1M/s', { severity: 'warn' })]);
    assert.equal(verdict.outcome, 'pass');
    assert.equal(verdict.targets[0]?.outcome, 'warn');
  });
});

describe('windows and slopes', () => {
  const slices = range(30, (index) => index).map((second) => ({
    startNs: second * 1e9,
    durationNs: 1e9,
    tags: { phase: 'steady' },
    measured: true,
    series: [
      histogramSeries(
        'response_time',
        { phase: 'steady' },
        range(200, () => (second >= 12 && second < 22 ? 500e6 : 1e6)),
      ),
      { ...gaugeSeries('rss', { phase: 'steady' }, 1e6 * second), unit: 'bytes' as const },
    ],
  }));
  const series = [
    histogramSeries(
      'response_time',
      { phase: 'steady' },
      range(30, () => 1e6),
    ),
    gaugeSeries('rss', { phase: 'steady' }, 1),
  ];

  test('over a window, the worst window decides', () => {
    assert.equal(
      outcomeOf(series, 'response_time p50 < 100ms over 10s', { intervals: slices }),
      'fail: fail',
    );
    assert.equal(
      outcomeOf(series, 'response_time p50 < 100ms over 25s', { intervals: slices }),
      'pass: pass',
    );
  });

  test('a window longer than the run is no data', () => {
    assert.equal(
      outcomeOf(series, 'response_time p50 < 100ms over 60s', { intervals: slices }),
      'fail: no data',
    );
  });

  test('a slope is growth a second', () => {
    assert.equal(outcomeOf(series, 'rss slope < 2MB/s', { intervals: slices }), 'pass: pass');
    assert.equal(outcomeOf(series, 'rss slope < 30MB/min', { intervals: slices }), 'fail: fail');
  });

  test('in a phase reads that phase only', () => {
    const two = [
      histogramSeries(
        'response_time',
        { phase: 'ramp' },
        range(100, () => 1e9),
      ),
      histogramSeries(
        'response_time',
        { phase: 'steady' },
        range(100, () => 1e6),
      ),
    ];
    assert.equal(outcomeOf(two, 'response_time p50 < 10ms in steady'), 'pass: pass');
    assert.equal(outcomeOf(two, 'response_time p50 < 10ms in ramp'), 'fail: fail');
    assert.equal(outcomeOf(two, 'response_time max < 10ms'), 'fail: fail');
  });
});

describe('a verdict', () => {
  test('is invalid, exit 5, when the run is, whatever the targets say', () => {
    const verdict = judge(
      measured([busy], { validity: { state: 'invalid', reasons: ['the generator was the limit'] } }),
      [target('throughput rate >= 1/s')],
    );
    assert.equal(verdict.outcome, 'invalid');
    assert.equal(exitCodeOf(verdict), 5);
    assert.deepEqual(verdict.reasons, ['the generator was the limit']);
  });

  test('fails when nothing succeeded, targets or not', () => {
    const errors = [{ class: 'refused', tags: {}, count: 7, example: 'connect ECONNREFUSED' }];
    const verdict = judge(measured([counterSeries('throughput', {}, 0, 1e9)], { errors }), []);
    assert.equal(verdict.outcome, 'fail');
    assert.match(verdict.reasons[0] ?? '', /no operation succeeded \(7 refused/);
  });

  test('fails when one of several subjects did nothing', () => {
    const verdict = judge(
      measured([
        counterSeries('throughput', { subject: 'a' }, 5, 1e9),
        counterSeries('throughput', { subject: 'b' }, 0, 1e9),
      ]),
      [],
    );
    assert.match(verdict.reasons[0] ?? '', /no data \{subject:b\}/);
  });

  test('is undecided when the run was interrupted', () => {
    assert.equal(judge(measured([busy], { complete: false }), []).outcome, 'undecided');
  });

  test('of a suite is the worst of its runs, and a suite of nothing fails', () => {
    const pass = judge(measured([busy]), []);
    const fail = judge(measured([busy]), [target('throughput rate >= 1M/s')]);
    const combined = combineVerdicts([
      { name: 'a', verdict: pass },
      { name: 'b', verdict: fail },
    ]);
    assert.equal(combined.outcome, 'fail');
    assert.match(combined.reasons[0] ?? '', /^b: target failed/);
    assert.equal(combineVerdicts([]).outcome, 'fail');
  });
});
