import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTarget } from '../../../src/judge/judge.ts';
import { metricCatalogue } from '../../../src/model/metrics.ts';
import { parseTarget, resolveLimit } from '../../../src/model/target.ts';
import { createCollector } from '../../../src/run/collector.ts';
import { LogDecoder } from '../../../src/run/log/log-decoder.ts';
import { LogEncoder } from '../../../src/run/log/log-encoder.ts';
import { encodeBuckets } from '../../../src/run/server/encode-buckets.ts';
import { serverTable } from '../../../src/report/server-rows.ts';
import { interval, measured, range } from '../../helpers/results.ts';
import { headerOf, planWith } from '../log/logged-runs.ts';
import type { Collected } from '../../../src/run/collector.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { MetricDefinition } from '../../../src/model/metrics.ts';
import type { RunResult, TargetResult } from '../../../src/model/result.ts';

const gauge = (name: string): MetricDefinition => ({
  name,
  kind: 'gauge',
  unit: 'bytes',
  better: 'neither',
  help: '',
});
const buckets: MetricDefinition = {
  name: 'server.t_seconds',
  kind: 'histogram',
  unit: 'ns',
  better: 'neither',
  buckets: true,
  help: '',
};

function collect(intervals: readonly Interval[]): Collected {
  const collector = createCollector(metricCatalogue.load);
  try {
    for (const one of intervals) collector.add(one);
    return collector.finish();
  } finally {
    collector.destroy();
  }
}

function resultOf(collected: Collected): Omit<RunResult, 'verdict'> {
  const { metrics, ...rest } = collected;
  const scenario = { ...measured([]).scenario, metrics };
  return { ...measured([]), ...rest, scenario };
}

function check(collected: Collected, expr: string): TargetResult {
  const { limitText, limitOffset, ...parsed } = parseTarget(expr);
  const metric = collected.metrics.find(({ name }) => name === parsed.metric) ?? gauge(parsed.metric);
  const limit = resolveLimit(limitText, limitOffset, metric, parsed.aggregation);
  const plan = {
    id: null,
    expr,
    target: { ...parsed, limit },
    source: null,
    severity: 'error',
    line: null,
  } as const;
  return checkTarget(resultOf(collected), plan);
}

/** A second each, the metric defined in the first. */
function gauges(values: readonly number[], metric = 'server.held_bytes'): Interval[] {
  return values.map((value, index) =>
    interval({
      startNs: index * 1e9,
      tags: { phase: 'p' },
      gauges: [{ metric, tags: {}, value }],
      ...(index === 0 && { metrics: [gauge(metric)] }),
    }),
  );
}

test('a leak is found by its slope, and a sawtooth of collections is none', () => {
  const leak = collect(gauges(range(60, (index) => 1e6 + index * 65_536 + (index % 7) * 20_000)));
  const found = check(leak, 'server.held_bytes slope < 10kB/s');
  assert.equal(found.outcome, 'fail');
  assert.ok(Math.abs((found.actual ?? 0) - 65_536) < 1000);
  const clean = collect(gauges(range(60, (index) => 1e6 + (index % 6) * 20_000)));
  assert.equal(check(clean, 'server.held_bytes slope < 10kB/s').outcome, 'pass');
});

test('the same holds for eight hours, of which 300 intervals are kept with every reading in them', () => {
  const values = range(8 * 3600, (index) => 1e6 + index * 100);
  const collected = collect(gauges(values));
  assert.ok(collected.intervals.length <= 300);
  const [series] = collected.series;
  assert.deepEqual([series?.count, series?.min, series?.max], [values.length, 1e6, values.at(-1)]);
  const { actual } = check(collected, 'server.held_bytes slope < 50B/s');
  assert.ok(Math.abs((actual ?? 0) - 100) < 1e-6);
});

test('what a warm-up defines is known afterwards', () => {
  const [first, ...rest] = gauges([1, 2, 3]);
  assert.ok(first !== undefined);
  const { series } = collect([{ ...first, measured: false }, ...rest]);
  assert.deepEqual(
    series.map(({ metric, value, count }) => [metric, value, count]),
    [['server.held_bytes', 2.5, 2]],
  );
});

test('many series of a server take no place from those of the load', () => {
  const many = range(1500, (index) => ({ metric: 'server.a', tags: { id: String(index) }, value: 1 }));
  const load = range(900, (index) => ({ metric: 'rss', tags: { name: String(index) }, value: 1 }));
  const { series } = collect([interval({ gauges: [...many, ...load], metrics: [gauge('server.a')] })]);
  assert.equal(series.filter(({ metric }) => metric === 'rss').length, 900);
  assert.equal(series.filter(({ metric }) => metric === 'server.a').length, 1001);
});

test('percentiles of buckets are upper bounds: they can show "less than" and nothing else', () => {
  const growth = { metric: buckets.name, tags: {}, bounds: [1e6, 1e7, Infinity], counts: [900, 99, 1] };
  const slice = encodeBuckets(growth);
  assert.ok(slice !== null);
  const collected = collect([interval({ histograms: [slice], metrics: [buckets] })]);
  assert.equal(check(collected, 'server.t_seconds p95 < 20ms').outcome, 'pass');
  assert.equal(check(collected, 'server.t_seconds p95 < 5ms').outcome, 'fail');
  assert.match(check(collected, 'server.t_seconds p95 > 5ms').reason ?? '', /upper bounds/);
  assert.match(check(collected, 'server.t_seconds mean < 1s').reason ?? '', /buckets only/);
  assert.equal(check(collected, 'server.t_seconds count >= 1000').outcome, 'pass');
  const verdict = { outcome: 'pass', reasons: [], targets: [] } as const;
  assert.deepEqual(serverTable({ ...resultOf(collected), verdict }), {
    columns: ['total', 'p50', 'p95', 'p99'],
    rows: [{ name: 't_seconds', values: ['1000', '<= 1.00ms', '<= 10.0ms', '<= 10.0ms'] }],
    more: 0,
  });
});

test('a name that the server does not tell fails, with the nearest that it tells', () => {
  const collected = collect([
    ...gauges([1], 'server.held_bytes'),
    ...gauges([1], 'server.cache_entries_total'),
    ...gauges([1], 'server.pool_waiting'),
  ]);
  const reason = (metric: string): string | null =>
    check(collected, `${metric} max < 1`.replace('< 1', '< 1B')).reason;
  assert.equal(
    reason('server.hold_bytes'),
    'nothing was recorded for server.hold_bytes; did you mean server.held_bytes?',
  );
  assert.equal(
    reason('server.entries_of_cache_total'),
    'nothing was recorded for server.entries_of_cache_total; did you mean server.cache_entries_total?',
  );
  assert.equal(reason('server.zzz'), 'nothing was recorded for server.zzz; the server tells 3 others');
});

test('a log keeps the definitions that come with an interval', () => {
  const [first] = gauges([5]);
  assert.ok(first !== undefined);
  const encoder = new LogEncoder((text) => text);
  const found: Interval[] = [];
  const decoder = new LogDecoder({
    run: () => undefined,
    interval: (one) => found.push(one),
    end: () => undefined,
  });
  const text = `${encoder.head({ ...headerOf(planWith([])), log: 'perfkit/log@1', command: '2026-01-02T03:04:05.678Z', targets: [] })}${encoder.interval(first)}`;
  for (const line of text.split('\n')) decoder.line(line);
  assert.deepEqual(found[0]?.metrics, first.metrics);
  assert.deepEqual(collect(found).series, collect([first]).series);
});
