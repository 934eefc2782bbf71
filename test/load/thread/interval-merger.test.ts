import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../../src/measure/histogram.ts';
import { createIntervalMerger } from '../../../src/load/thread/interval-merger.ts';
import { collected, counted } from '../run-engine.ts';
import type { Interval } from '../../../src/model/interval.ts';

/** What a thread tells of one second: so many requests of 1 ms, on a clock that began `originNs` ago. */
function second(nth: number, count: number, originNs = 0, durationNs = 1e9): Interval {
  const values = new Histogram();
  for (let n = 0; n < count; n++) values.record(1e6);
  const tags = { name: 'get' };
  return {
    startNs: originNs + (nth - 1) * 1e9,
    durationNs,
    tags: { phase: 'steady' },
    measured: true,
    histograms: [{ metric: 'response_time', tags, data: values.encode(), censored: new Uint8Array(0) }],
    counters: [
      { metric: 'throughput', tags, count, of: durationNs },
      { metric: 'errors', tags, count: 1, of: count + 1 },
    ],
    gauges: [
      { metric: 'in_flight', tags: {}, value: 2 },
      { metric: 'rss', tags: {}, value: 100 },
    ],
    errors: [{ class: 'reset', tags, count: 1, example: 'GET /: reset' }],
  };
}

function merge(workers: number): { merger: ReturnType<typeof createIntervalMerger>; out: Interval[] } {
  const out: Interval[] = [];
  return { merger: createIntervalMerger({ workers, metrics: [], sink: (one) => void out.push(one) }), out };
}

test('a second is told when all threads have told of it: counts are added, times are not', () => {
  const { merger, out } = merge(2);
  merger.add(0, second(1, 10));
  assert.equal(out.length, 0);
  merger.add(1, second(1, 30, 5e6));
  assert.equal(out.length, 1);
  const [first] = out;
  assert.ok(first !== undefined);
  assert.deepEqual([first.startNs, first.durationNs], [0, 1e9]);
  assert.equal(collected(out, 'response_time').count, 40);
  assert.deepEqual(first.counters, [
    { metric: 'throughput', tags: { name: 'get' }, count: 40, of: 1e9 },
    { metric: 'errors', tags: { name: 'get' }, count: 2, of: 42 },
  ]);
  assert.deepEqual(
    first.gauges.map(({ metric, value }) => [metric, value]),
    [
      ['in_flight', 4],
      ['rss', 100],
    ],
  );
  assert.deepEqual(first.errors, [
    { class: 'reset', tags: { name: 'get' }, count: 2, example: 'GET /: reset' },
  ]);
});

test('a thread that is late holds the others up for a few seconds only, and loses nothing', () => {
  const { merger, out } = merge(2);
  for (let nth = 1; nth <= 10; nth++) merger.add(0, second(nth, 10));
  assert.equal(out.length, 6);
  // it was stopped for ten seconds: one long interval
  merger.add(1, { ...second(1, 50), durationNs: 10e9 });
  for (let nth = 11; nth <= 12; nth++) for (const worker of [0, 1]) merger.add(worker, second(nth, 10));
  merger.flush();
  assert.equal(counted(out, 'throughput'), 12 * 10 + 50 + 2 * 10);
  assert.equal(
    out.reduce((sum, { durationNs }) => sum + durationNs, 0),
    12e9,
  );
  for (const [index, { startNs, durationNs }] of out.entries())
    assert.equal(out[index + 1]?.startNs ?? 12e9, startNs + durationNs);
});

test('a thread that has ended, or is done with the phase, is not waited for', () => {
  const { merger, out } = merge(3);
  merger.add(0, second(1, 1));
  merger.gone(2);
  assert.equal(out.length, 0);
  merger.passed(1, ['steady']);
  assert.equal(out.length, 1);
  merger.add(0, second(2, 1));
  assert.equal(out.length, 2);
});

test('what ended after its phase takes no time', () => {
  const { merger, out } = merge(2);
  for (const worker of [0, 1]) merger.add(worker, second(1, 10));
  merger.add(0, { ...second(2, 3), startNs: 1e9, durationNs: 0 });
  merger.flush();
  assert.deepEqual(
    out.map(({ durationNs }) => durationNs),
    [1e9, 0],
  );
  assert.equal(counted(out, 'throughput'), 23);
});
