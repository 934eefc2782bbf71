import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../src/judge/judge.ts';
import { latencyRows } from '../../src/report/rows.ts';
import { histogramSeries, measured, range } from '../helpers/results.ts';
import type { Series } from '../../src/model/result.ts';

function metricsOf(series: readonly Series[]): string[] {
  const run = measured(series);
  return latencyRows({ ...run, verdict: judge(run, []) }).map(({ metric }) => metric);
}

const times = range(1000, (index) => 1e6 + index * 1e3);

test('times to the first byte that are those of the whole reply are told once', () => {
  const service = histogramSeries('service_time', { phase: 'steady', name: 'a' }, times);
  const same = histogramSeries('time_to_first_byte', { phase: 'steady', name: 'a' }, times);
  assert.deepEqual(metricsOf([service, same]), ['service_time']);
  const earlier = histogramSeries(
    'time_to_first_byte',
    { phase: 'steady', name: 'a' },
    times.map((ns) => ns / 2),
  );
  assert.deepEqual(metricsOf([service, earlier]), ['service_time', 'time_to_first_byte']);
  // of another phase it says nothing
  const other = histogramSeries('time_to_first_byte', { phase: 'burst', name: 'a' }, times);
  assert.deepEqual(metricsOf([service, other]), ['service_time', 'time_to_first_byte']);
});

test('the delay of the event loop is told when something held it up', () => {
  const response = histogramSeries('response_time', { phase: 'steady', name: 'a' }, times);
  const delays = (longest: number): Series =>
    histogramSeries('loop_delay', { phase: 'steady' }, [1e6, 1e6, longest]);
  assert.deepEqual(metricsOf([response, delays(2e6)]), ['response_time']);
  assert.deepEqual(metricsOf([response, delays(80e6)]), ['response_time', 'loop_delay']);
});
