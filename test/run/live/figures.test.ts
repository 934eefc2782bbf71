import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFigureReader } from '../../../src/run/live/figures.ts';
import { encode, interval, range } from '../../helpers/results.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { Figures } from '../../../src/run/live/figures.ts';

function second(index: number, more: Partial<Interval> = {}): Interval {
  const histogram = (metric: string, ns: number): Interval['histograms'][number] => ({
    metric,
    tags: { name: 'list' },
    data: encode(range(100, (at) => ns * (at + 1))),
    censored: new Uint8Array(0),
  });
  return interval({
    startNs: index * 1e9,
    tags: { phase: 'steady' },
    histograms: [
      histogram('response_time', 1e6),
      histogram('schedule_lag', 1e3),
      histogram('service_time', 1),
    ],
    counters: [
      { metric: 'throughput', tags: { name: 'list' }, count: 90, of: 1e9 },
      { metric: 'errors', tags: { name: 'list' }, count: 10, of: 100 },
      { metric: 'arrivals', tags: { name: 'list' }, count: 120, of: 1e9 },
    ],
    gauges: [
      { metric: 'in_flight', tags: {}, value: 7 },
      { metric: 'cpu', tags: {}, value: 0.5 },
    ],
    ...more,
  });
}

function read(kind: 'load' | 'bench', intervals: readonly Interval[]): Figures[] {
  const reader = createFigureReader(kind);
  const figures = intervals.map(reader.add);
  reader.destroy();
  return figures;
}

function within(actual: number | null | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? 0) - expected) <= expected * 0.001, `${actual} is not ${expected}`);
}

test('a second has its counts, percentiles, lag and gauges', () => {
  const [figures] = read('load', [second(0)]);
  assert.deepEqual(
    [figures?.of, figures?.succeeded, figures?.failed, figures?.due, figures?.durationNs],
    ['steady', 90, 10, 120, 1e9],
  );
  within(figures?.p50Ns, 50e6);
  within(figures?.p99Ns, 99e6);
  within(figures?.lagP99Ns, 99e3);
  assert.deepEqual(figures?.gauges, { in_flight: 7, cpu: 0.5 });
});

test('threads and parallel phases of the same second are one slice', () => {
  const [first, both, next] = read('load', [
    second(0),
    second(0, {
      startNs: 20e6,
      tags: { phase: 'sockets' },
      gauges: [{ metric: 'cpu', tags: {}, value: 0.9 }],
    }),
    second(1),
  ]);
  assert.equal(first?.slice, both?.slice);
  assert.deepEqual([both?.of, both?.succeeded, both?.durationNs], ['steady + sockets', 180, 1e9]);
  assert.deepEqual(both?.gauges, { in_flight: 7, cpu: 0.9 });
  assert.notEqual(next?.slice, both?.slice);
  assert.equal(next?.succeeded, 90);
});

test('what ended after its phase, and the rest of a phase, join the second before', () => {
  const [first, ...rest] = read('load', [
    second(0),
    second(1, { durationNs: 3e6 }),
    second(1, { durationNs: 0, startNs: 1e9 }),
  ]);
  for (const one of rest) assert.equal(one.slice, first?.slice);
  assert.deepEqual([rest.at(-1)?.succeeded, rest.at(-1)?.durationNs], [270, 1e9]);
});

test('the first measured interval starts anew after a warm-up, however short the warm-up was', () => {
  const [warm, steady] = read('load', [
    second(0, { durationNs: 100e6, measured: false }),
    second(0, { startNs: 20e6 }),
  ]);
  assert.notEqual(warm?.slice, steady?.slice);
  assert.deepEqual([warm?.measured, steady?.measured], [false, true]);
});

test('every round of a bench is a slice, named after its subject', () => {
  const round = (subject: string): Interval =>
    interval({
      durationNs: 10e6,
      tags: { subject, concurrency: '8', round: '1' },
      histograms: [{ metric: 'op_duration', tags: {}, data: encode([500]), censored: new Uint8Array(0) }],
    });
  const [a, b] = read('bench', [round('lru'), round('fifo')]);
  assert.notEqual(a?.slice, b?.slice);
  assert.deepEqual([a?.of, b?.of, a?.p50Ns, a?.due], ['lru x8', 'fifo x8', 500, null]);
});

test('nothing is made up where there are no samples', () => {
  const [figures] = read('load', [interval()]);
  assert.deepEqual(
    [figures?.p50Ns, figures?.lagP99Ns, figures?.loopDelayNs, figures?.due],
    [null, null, null, null],
  );
});
