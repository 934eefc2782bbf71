import { test } from 'node:test';
import assert from 'node:assert/strict';
import { runRound } from '../../src/bench/rounds/round.ts';
import type { RoundResult } from '../../src/bench/rounds/round-result.ts';
import { createLatencies } from '../../src/bench/drivers/synthetic-latencies.ts';
import { createRandom } from '../../src/measure/random.ts';
import { Histogram } from '../../src/measure/histogram.ts';
import type { BenchRun } from '../../src/model/plan.ts';
import { driver, planFor } from './plan-for.ts';

async function measure(
  options: Readonly<Record<string, unknown>>,
  run: Partial<BenchRun>,
): Promise<RoundResult> {
  const plan = planFor([driver('synthetic', options)], { run: { warmupNs: 0, ...run } });
  const [subject] = plan.subjects;
  assert.ok(subject);
  const hooks = { signal: new AbortController().signal, onMeasuring: () => undefined };
  const result = await runRound(plan, { subject, concurrency: 1, round: 1 }, hooks);
  assert.ok(result);
  return result;
}

function histogramOf(result: RoundResult, metric: string): Histogram {
  const slice = result.histograms.find((one) => one.metric === metric);
  assert.ok(slice, metric);
  const histogram = new Histogram({ wide: true });
  histogram.addEncoded(slice.data);
  return histogram;
}

/** Reported is at most 0.1 % (and one unit) above the exact value, and never below; `slack` for a finite sample. */
function assertReported(reported: number, exact: number, slack = 0): void {
  const ok = reported >= exact * (1 - slack) && reported <= exact * (1.001 + slack) + 1;
  assert.ok(ok, `reported ${reported}, exact ${exact}`);
}

test('a fixed latency is reported as it is, and the throughput is its inverse', async () => {
  const result = await measure({ latency: 'fixed', value: '1ms' }, { forNs: 10e9 });
  const histogram = histogramOf(result, 'op_duration');
  for (const percentile of [0.1, 50, 95, 99, 100]) assertReported(histogram.valueAt(percentile), 1e6);
  const throughput = result.counters.find(({ metric }) => metric === 'throughput');
  assert.ok(throughput && Math.abs((throughput.count * 1e9) / throughput.of - 1_000) < 1e-6);
  histogram.destroy();
});

test('P50, P95 and P99 of an exponential latency are those of the formula', async () => {
  const histogram = histogramOf(
    await measure({ latency: 'exponential', mean: '100us' }, { forNs: 30e9 }),
    'op_duration',
  );
  assert.ok(histogram.count > 290_000);
  for (const percentile of [50, 90, 95, 99]) {
    assertReported(histogram.valueAt(percentile), -100_000 * Math.log(1 - percentile / 100), 0.001);
  }
  assert.ok(Math.abs(histogram.mean / 100_000 - 1) < 0.002);
  histogram.destroy();
});

test('P50, P95 and P99 of a uniform latency are those of the formula', async () => {
  const options = { latency: 'uniform', low: '1ms', high: '3ms' };
  const histogram = histogramOf(await measure(options, { forNs: 100e9 }), 'op_duration');
  for (const percentile of [50, 95, 99])
    assertReported(histogram.valueAt(percentile), 1e6 + 2e6 * (percentile / 100), 0.0005);
  histogram.destroy();
});

test('a slow operation in a hundred shows above P99 and not below', async () => {
  const options = { latency: 'two-point', low: '1ms', high: '250ms', highShare: '1%' };
  const histogram = histogramOf(await measure(options, { forNs: 1000e9 }), 'op_duration');
  assertReported(histogram.valueAt(50), 1e6);
  assertReported(histogram.valueAt(98.9), 1e6);
  assertReported(histogram.valueAt(99.1), 250e6);
  histogram.destroy();
});

test('a list comes back as its own order statistics', async () => {
  const values = Array.from({ length: 100 }, (_, index) => `${index + 1}ms`);
  const histogram = histogramOf(
    await measure({ latency: 'list', values }, { forNs: 5050e6 * 10 }),
    'op_duration',
  );
  for (const percentile of [1, 50, 95, 99, 100])
    assertReported(histogram.valueAt(percentile), percentile * 1e6, 0.011);
  histogram.destroy();
});

test('every percentile is the order statistic of the very latencies that were drawn', async () => {
  const shape = { kind: 'exponential', meanNs: 1e6 } as const;
  const subjectRandom = createRandom(1).fork('round 1').fork('subject');
  const latency = createLatencies(shape, subjectRandom.fork('latencies'));
  const histogram = histogramOf(
    await measure({ latency: 'exponential', mean: '1ms' }, { forNs: 3e9 }),
    'op_duration',
  );
  const { count } = histogram;
  // The engine's own calibration comes first; find where the measured ones begin by their total time.
  const drawn = Array.from({ length: count + 64 }, latency);
  const matches = Array.from({ length: 64 }, (_, skipped) =>
    drawn.slice(skipped, skipped + count).toSorted((a, b) => a - b),
  ).some((sorted) =>
    [50, 95, 99].every((percentile) => {
      const exact = sorted[Math.ceil((percentile / 100) * count) - 1] ?? 0;
      const reported = histogram.valueAt(percentile);
      return reported >= exact && reported <= exact * 1.001 + 1;
    }),
  );
  assert.ok(matches);
  histogram.destroy();
});

test('failures are counted by class and stay out of the durations', async () => {
  const result = await measure({ latency: 'fixed', value: '1ms', failures: '25%' }, { forNs: 10e9 });
  const histogram = histogramOf(result, 'op_duration');
  const errors = result.counters.find(({ metric }) => metric === 'errors');
  assert.ok(errors);
  assert.equal(errors.of, histogram.count + errors.count);
  assert.ok(Math.abs(errors.count / errors.of - 0.25) < 0.02);
  assert.deepEqual(
    result.errors.map((one) => [one.class, one.count]),
    [['SyntheticError', errors.count]],
  );
  histogram.destroy();
});

test('when everything fails the round ends all the same, with no durations and a share of 1', async () => {
  const result = await measure({ failures: 1 }, { forNs: 1e9 });
  assert.deepEqual(result.histograms, []);
  const [throughput, errors] = ['throughput', 'errors'].map((name) =>
    result.counters.find(({ metric }) => metric === name),
  );
  assert.equal(throughput?.count, 0);
  assert.ok(errors && errors.count > 0 && errors.count === errors.of);
});

test('open arrivals: response_time counts from the due time, as the queue that they form says', async () => {
  // One server, an arrival every 2 ms, service times 1, 1, 1 and 7 ms in turn: mean 2.5 ms is too slow, so it lags ever more.
  const services = [1e6, 1e6, 1e6, 7e6];
  const options = { latency: 'list', values: services.map((ns) => `${ns / 1e6}ms`) };
  const result = await measure(options, { forNs: 1e9, arrivals: 500 });
  const responses = histogramOf(result, 'response_time');
  const durations = histogramOf(result, 'op_duration');
  const { count } = responses;
  // Lindley's recursion: an operation starts when it is due and the one before has ended.
  let endNs = 0;
  const expected = Array.from({ length: count }, (_, index) => {
    endNs = Math.max(endNs, index * 2e6) + (services[index % 4] ?? 0);
    return endNs - index * 2e6;
  }).toSorted((a, b) => a - b);
  for (const percentile of [10, 50, 95, 99, 100]) {
    assertReported(
      responses.valueAt(percentile),
      expected[Math.ceil((percentile / 100) * count) - 1] ?? 0,
      0.01,
    );
  }
  assert.equal(durations.count, count);
  assertReported(durations.valueAt(50), 1e6);
  assertReported(durations.max, 7e6);
  assert.ok(responses.valueAt(99) > 10 * durations.valueAt(99), 'the lag shows in response_time only');
  responses.destroy();
  durations.destroy();
});
