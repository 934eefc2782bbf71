import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCollector } from '../../src/run/collector.ts';
import { metricCatalogue } from '../../src/model/metrics.ts';
import { encode, interval, range } from '../helpers/results.ts';
import type { Interval } from '../../src/model/interval.ts';

const none = new Uint8Array(0);

function latency(values: readonly number[], more: Partial<Interval> = {}): Interval {
  return interval({
    histograms: [{ metric: 'response_time', tags: { name: 'list' }, data: encode(values), censored: none }],
    ...more,
  });
}

function collect(intervals: readonly Interval[]): ReturnType<ReturnType<typeof createCollector>['finish']> {
  const collector = createCollector(metricCatalogue.load);
  for (const one of intervals) collector.add(one);
  const out = collector.finish();
  collector.destroy();
  return out;
}

test('percentiles of the whole come from added histograms, not from averaged percentiles', () => {
  const { series } = collect([latency(range(900, () => 1e6)), latency(range(100, () => 1e9))]);
  assert.equal(series[0]?.count, 1000);
  assert.ok(Math.abs((series[0]?.p95 ?? 0) - 1e9) < 1e6);
  assert.ok(Math.abs((series[0]?.p90 ?? 0) - 1e6) < 1e3);
});

test('a warm-up phase is kept in the intervals and left out of the series', () => {
  const { series, intervals } = collect([
    latency([5e9], { tags: { phase: 'warmup' }, measured: false }),
    latency([1e6], { tags: { phase: 'steady' } }),
  ]);
  assert.deepEqual(
    series.map((one) => one.tags),
    [{ phase: 'steady', name: 'list' }],
  );
  assert.deepEqual(
    intervals.map((one) => one.measured),
    [false, true],
  );
});

test('the round is a replicate: rounds of a subject add up, and each stays in the intervals', () => {
  const { series, intervals } = collect(
    range(3, (round) => latency([1e6], { tags: { subject: 'lru', round: String(round) } })),
  );
  assert.equal(series.length, 1);
  assert.deepEqual(series[0]?.tags, { subject: 'lru', name: 'list' });
  assert.equal(intervals.length, 3);
});

test('a counter rate divides the total by the total', () => {
  const { series } = collect([
    interval({ counters: [{ metric: 'throughput', tags: {}, count: 100, of: 1e9 }] }),
    interval({ counters: [{ metric: 'throughput', tags: {}, count: 300, of: 3e9 }] }),
  ]);
  assert.equal(series[0]?.rate, 100);
  assert.equal(series[0]?.count, 400);
});

test('errors of one class add up and keep their first example', () => {
  const error = { class: 'timeout', tags: { name: 'list' }, count: 2, example: 'no reply within 1s' };
  const { errors } = collect([
    interval({ errors: [error] }),
    interval({ errors: [{ ...error, count: 3, example: 'other' }] }),
  ]);
  assert.deepEqual(errors, [{ ...error, count: 5 }]);
});

test('classes of errors beyond the first 200 are added up under "other", which says so', () => {
  const error = (index: number): Interval['errors'][number] => ({
    class: `made up ${index}`,
    tags: {},
    count: 2,
    example: `example ${index}`,
  });
  const { errors } = collect([
    interval({ errors: range(250, (index) => error(index)) }),
    interval({ errors: [error(0), error(249)] }),
  ]);
  assert.equal(errors.length, 201);
  const other = errors.find((one) => one.class === 'other');
  assert.equal(other?.count, 2 * 51);
  assert.match(other?.example ?? '', /only the first 200 classes .* made up 200: example 200/);
  assert.equal(
    errors.reduce((sum, { count }) => sum + count, 0),
    2 * 252,
  );
});

test('an 8-hour run keeps at most 300 intervals, and none of its samples is lost', () => {
  const seconds = 8 * 3600;
  const second = latency([1e6, 2e6]);
  const collector = createCollector(metricCatalogue.load);
  for (let index = 0; index < seconds; index++) collector.add({ ...second, startNs: index * 1e9 });
  const { series, intervals } = collector.finish();
  collector.destroy();
  assert.ok(intervals.length <= 300 && intervals.length > 100, String(intervals.length));
  assert.equal(series[0]?.count, 2 * seconds);
  assert.equal(
    intervals.reduce((sum, one) => sum + (one.series[0]?.count ?? 0), 0),
    2 * seconds,
  );
  assert.equal(
    intervals.reduce((sum, one) => sum + one.durationNs, 0),
    seconds * 1e9,
  );
});

test('too many tag sets are added up under "other" instead of growing without bound', () => {
  const counters = range(5000, (index) => ({
    metric: 'throughput',
    tags: { name: `n${index}` },
    count: 1,
    of: 1e9,
  }));
  const { series } = collect([interval({ counters })]);
  assert.ok(series.length <= 1001);
  assert.equal(
    series.reduce((sum, one) => sum + one.count, 0),
    5000,
  );
});

test('however samples are cut into intervals, the series are the same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 1e9 }), { maxLength: 20 }), { minLength: 1, maxLength: 8 }),
      (parts) => {
        const whole = collect([latency(parts.flat())]).series[0];
        const cut = collect(parts.map((part) => latency(part))).series[0];
        assert.deepEqual(
          [cut?.count, cut?.p50, cut?.p99, cut?.max],
          [whole?.count, whole?.p50, whole?.p99, whole?.max],
        );
      },
    ),
    { numRuns: 50 },
  );
});
