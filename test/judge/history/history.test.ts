import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { historyEntryOf } from '../../../src/judge/history/history-entry.ts';
import { summariseHistory } from '../../../src/judge/history/summarise-history.ts';
import { counterSeries, histogramSeries, measured, range } from '../../helpers/results.ts';
import { bench, judged, load } from '../compare/results.ts';
import { days, entryAt, levels, p50 } from './entries.ts';
import type { HistoryOptions } from '../../../src/judge/history/summarise-history.ts';
import type { HistoryEntry, HistoryReport, Trend } from '../../../src/model/history.ts';

const commit = { commit: 'abc1234', dirty: false };

function summarise(entries: readonly HistoryEntry[], more: Partial<HistoryOptions> = {}): HistoryReport {
  const options = { scenario: null, metric: null, last: 200, file: 'h.jsonl', notes: [], perfkit: '0.0.0' };
  return summariseHistory(entries, { ...options, ...more });
}

function onlyTrend(entries: readonly HistoryEntry[]): Trend {
  const trends = summarise(entries).scenarios.flatMap(({ groups }) =>
    groups.flatMap((group) => group.trends),
  );
  const [trend] = trends;
  assert.ok(trend !== undefined && trends.length === 1);
  return trend;
}

describe('the line of a run', () => {
  test('has what decides and has the samples to decide, with direction and unit, in a fixed order', () => {
    const { entry, leftOut } = historyEntryOf(bench(), commit);
    assert.equal(leftOut, 0);
    assert.deepEqual(
      entry.series.map(({ metric, statistic, unit, better, samples }) => [
        metric,
        statistic,
        unit,
        better,
        samples,
      ]),
      [
        ['errors', 'rate', 'ratio', 'lower', 5000],
        ['hit_ratio', 'value', 'ratio', 'higher', 5],
        ['op_duration', 'p50', 'ns', 'lower', 5000],
        ['op_duration', 'p95', 'ns', 'lower', 5000],
        ['throughput', 'rate', 'count', 'higher', 5000],
      ],
    );
    const [, , median] = entry.series;
    assert.ok(Math.abs((median?.value ?? 0) - 10_000) < 300);
    assert.deepEqual([entry.commit, 'dirty' in entry, entry.scenario], ['abc1234', false, 'example']);
  });

  test('says so when a value is a bound, and when the commit had been changed', () => {
    const run = load({ seconds: 30, perSecond: 100, censored: 200 });
    const { entry } = historyEntryOf(run, { commit: null, dirty: true });
    const slow = entry.series.find(({ statistic }) => statistic === 'p95');
    assert.deepEqual([slow?.bounded, entry.dirty, entry.commit], [true, true, null]);
  });

  test('keeps wholes before parts when there is too much, and says how much is left out', () => {
    const parts = range(150, (index) => ({ phase: 'main', name: `step ${index}` }));
    const series = parts.flatMap((tags) => [
      histogramSeries('response_time', tags, range(20)),
      counterSeries('throughput', tags, 20, 1e9),
    ]);
    const { entry, leftOut } = historyEntryOf(judged(measured(series)), commit);
    assert.equal(entry.series.length, 200);
    assert.equal(leftOut, 103);
    const wholes = entry.series
      .filter(({ tags }) => !('name' in tags))
      .map((one) => `${one.metric} ${one.statistic}`);
    assert.deepEqual(
      wholes,
      ['response_time p50', 'response_time p95', 'throughput rate'].filter((one) => wholes.includes(one)),
    );
    assert.ok(wholes.includes('response_time p50') && wholes.includes('throughput rate'));
  });

  test('of a run without samples has no values', () => {
    assert.deepEqual(
      historyEntryOf(bench({ perRound: 0 }), commit).entry.series.filter(
        ({ metric }) => metric === 'op_duration',
      ),
      [],
    );
  });
});

describe('a trend', () => {
  test('tells the change since the run before, and since the median of the ten before', () => {
    const trend = onlyTrend(days([9e6, 1e6, 1e6, 1e6, 1e6, 1e6, 2e6, 1e6, 1e6, 1e6, 3e6, 1.5e6]));
    assert.deepEqual(trend.sincePrevious, { before: 3e6, after: 1.5e6, change: -0.5 });
    assert.deepEqual(trend.sinceMedian, { before: 1e6, after: 1.5e6, change: 0.5 });
  });

  test('of one run has nothing to change from, of three no median', () => {
    assert.equal(onlyTrend(days([1e6])).sincePrevious, null);
    const trend = onlyTrend(days([1e6, 1e6, 2e6]));
    assert.deepEqual([trend.sincePrevious?.change, trend.sinceMedian], [1, null]);
  });

  test('of shares, and of what may be zero, tells differences', () => {
    const share = onlyTrend(
      days([0.5, 0.6], { metric: 'hit_ratio', statistic: 'value', unit: 'ratio', better: 'higher' }),
    );
    assert.equal(share.scale, 'difference');
    assert.ok(Math.abs((share.sincePrevious?.change ?? 0) - 0.1) < 1e-9);
    assert.equal(onlyTrend(days([0, 5], { unit: 'count' })).sincePrevious?.change, 5);
  });

  test('finds where the level changed, between which commits, by how much and how surely', () => {
    const [found, ...others] = onlyTrend(days(levels(20, 12, 1.2))).changePoints;
    assert.ok(found !== undefined && others.length === 0);
    assert.deepEqual([found.from.commit?.slice(0, 4), found.to.commit?.slice(0, 4)], ['0011', '0012']);
    assert.equal(found.direction, 'worse');
    assert.ok(Math.abs(found.change - 0.2) < 0.02 && found.p < 0.001);
    const rate = { metric: 'throughput', statistic: 'rate', unit: 'count', better: 'higher' } as const;
    assert.equal(onlyTrend(days(levels(20, 12, 1.2), rate)).changePoints[0]?.direction, 'better');
  });

  test('has no change in noise, in one spike, or in a tenth of a point of a share', () => {
    assert.deepEqual(onlyTrend(days(levels(40))).changePoints, []);
    assert.deepEqual(onlyTrend(days(levels(20).with(10, 9e6))).changePoints, []);
    const share = { metric: 'errors', statistic: 'rate', unit: 'ratio' } as const;
    const rates = range(20, (day) => (day < 10 ? 0.0001 : 0.0002) * (1 + (day % 3) / 100));
    assert.deepEqual(onlyTrend(days(rates, share)).changePoints, []);
  });
});

describe('a history', () => {
  test('compares runs of one machine and one form of the scenario only, and shows the others apart', () => {
    const values = levels(12);
    const entries = values.flatMap((value, day) => [
      entryAt(day, [{ ...p50, value }]),
      entryAt(day - 0.5, [{ ...p50, value: value * 3 }], { fingerprint: 'other' }),
      entryAt(day - 30, [{ ...p50, value: value * 2 }], { hash: 'older' }),
    ]);
    const [scenario] = summarise(entries).scenarios;
    assert.deepEqual(
      scenario?.groups.map(({ fingerprint, hash, runs, trends }) => [
        fingerprint,
        hash,
        runs,
        trends[0]?.changePoints.length,
      ]),
      [
        ['fedcba9876543210', '0123456789abcdef', 12, 0],
        ['other', '0123456789abcdef', 12, 0],
        ['fedcba9876543210', 'older', 12, 0],
      ],
    );
  });

  test('is the same in whatever order the lines are', () => {
    const entries = days(levels(15, 8, 1.3));
    const expected = summarise(entries);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        assert.deepEqual(summarise(shuffled), expected);
      }),
      { numRuns: 100 },
    );
  });

  test('can be narrowed to a scenario, a metric and the newest runs', () => {
    const rate = {
      ...p50,
      metric: 'throughput',
      statistic: 'rate',
      unit: 'count',
      better: 'higher',
    } as const;
    const entries = [
      ...range(9, (day) => entryAt(day, [p50, rate])),
      entryAt(3, [p50], { scenario: 'other' }),
    ];
    assert.deepEqual(
      summarise(entries).scenarios.map(({ name }) => name),
      ['cache/get', 'other'],
    );
    const [one, ...rest] = summarise(entries, {
      scenario: 'cache/get',
      metric: 'throughput',
      last: 4,
    }).scenarios;
    assert.equal(rest.length, 0);
    assert.deepEqual(
      one?.groups.map(({ runs, trends }) => [
        runs,
        trends.map(({ metric, points }) => [metric, points.length]),
      ]),
      [[4, [['throughput', 4]]]],
    );
    assert.deepEqual(summarise(entries, { metric: 'unknown' }).scenarios, []);
  });
});
