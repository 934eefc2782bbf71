import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createMonitor } from '../../../src/components/monitor/index.ts';
import type { MonitorOptions, SystemReading } from '../../../src/components/monitor/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function virtualMonitor(options: MonitorOptions = {}) {
  const clock = new VirtualClock();
  const monitor = createMonitor({ now: clock.nowMs, timers: clock, systemMetrics: false, ...options });
  return { clock, monitor };
}

describe('createMonitor', () => {
  test('T09: samples at its interval, and keeps the last bufferSize of them', async () => {
    const { clock, monitor } = virtualMonitor({ sampleIntervalMs: 100, bufferSize: 3 });
    const gauge = monitor.gauge('queue_length');
    for (let value = 1; value <= 5; value++) {
      gauge.set(value);
      await clock.advance(100);
    }
    assert.deepEqual(monitor.series('queue_length'), { atMs: [300, 400, 500], values: [3, 4, 5] });
    assert.deepEqual([monitor.stats().samples, monitor.stats().kept], [5, 3]);
    monitor.stop();
    await clock.advance(1_000);
    assert.equal(monitor.stats().samples, 5);
  });

  test('T09: what somebody has to read first is read at the start of each sample', async () => {
    let length = 0;
    const { clock, monitor } = virtualMonitor({
      sampleIntervalMs: 100,
      beforeSample: () => gauge.set(length),
    });
    const gauge = monitor.gauge('queue_length');
    for (length = 1; length <= 3; length++) await clock.advance(100);
    assert.deepEqual(monitor.series('queue_length')?.values, [1, 2, 3]);
  });

  test('T09: requests and bytes are told a second, durations as percentiles of the time since the last sample', async () => {
    const { clock, monitor } = virtualMonitor({ sampleIntervalMs: 500 });
    const requests = monitor.counter('requests');
    const storage = monitor.timing('storage_latency');
    requests.add();
    requests.add(4);
    for (let ms = 1; ms <= 100; ms++) storage.record(ms);
    await clock.advance(500);
    const first = monitor.latest();
    assert.equal(first['requests'], 10);
    assert.equal(first['storage_latency.count'], 100);
    assert.ok(Math.abs((first['storage_latency.p95_ms'] ?? 0) - 95) < 2);
    assert.equal(first['storage_latency.max_ms'], 100);
    await clock.advance(500);
    // Nothing was recorded: no percentile is better than one of 0.
    assert.deepEqual(monitor.latest(), { requests: 0, 'storage_latency.count': 0 });
    assert.equal(storage.summary().count, 100);
    assert.equal(requests.total, 5);
  });

  test('T09: spans are timed by name, with their errors, and a part of one under its own', async () => {
    const { clock, monitor } = virtualMonitor({ sampleIntervalMs: 1_000 });
    const span = monitor.startSpan('chat');
    const part = span.startSpan('search');
    await clock.advance(20);
    part.end('error');
    part.end();
    await clock.advance(10);
    span.end();
    monitor.sample();
    const {
      'chat.max_ms': chat,
      'chat/search.max_ms': search,
      'chat/search.errors': errors,
    } = monitor.latest();
    assert.deepEqual([chat, search, errors], [30, 20, 1]);
    assert.equal(monitor.latest()['chat/search.count'], 1);
  });

  test('each kind of metric can be switched off, and is recorded without a trace then', async () => {
    const { clock, monitor } = virtualMonitor({ customMetrics: false, traceMetrics: false });
    monitor.counter('a').add();
    monitor.gauge('b').set(1);
    monitor.timing('c').record(1);
    monitor.startSpan('d').startSpan('e').end();
    await clock.advance(1_000);
    assert.deepEqual(monitor.latest(), {});
    assert.equal(monitor.stats().metrics, 0);
  });

  test('what only grows is told a second, and what the platform does not tell of is left out', async () => {
    let reading: SystemReading = { cpu_ms: 100, rss_bytes: 5 };
    const { clock, monitor } = virtualMonitor({
      systemMetrics: true,
      readSystem: { read: () => reading, close: () => undefined },
    });
    reading = { cpu_ms: 350, rss_bytes: 7 };
    await clock.advance(1_000);
    assert.deepEqual(monitor.latest(), { cpu_ms: 250, rss_bytes: 7 });
  });

  test('keeps no more than maxMetrics, and says how many it turned away', async () => {
    const { clock, monitor } = virtualMonitor({ maxMetrics: 2 });
    for (const name of ['a', 'b', 'c', 'd']) monitor.gauge(name).set(1);
    await clock.advance(1_000);
    assert.deepEqual(Object.keys(monitor.latest()), ['a', 'b']);
    assert.deepEqual([monitor.stats().metrics, monitor.stats().refused], [2, 2]);
  });

  test('refuses names that are none, a second kind under one name, and amounts that a counter cannot take', () => {
    const { monitor } = virtualMonitor();
    for (const name of ['', '1st', 'a b', 'a\n', 'x'.repeat(101)]) {
      assert.throws(() => monitor.counter(name), /Expected `name` to be a name/);
    }
    monitor.counter('a');
    assert.throws(() => monitor.gauge('a'), /of one kind/);
    for (const amount of [-1, NaN, Infinity])
      assert.throws(() => monitor.counter('a').add(amount), RangeError);
    assert.throws(() => monitor.startSpan('b').startSpan('x'.repeat(100)), /Expected `name`/);
    assert.throws(
      () => createMonitor({ bufferSize: 0 }),
      /Expected `bufferSize` to be a positive integer, got `0`/,
    );
    assert.throws(() => createMonitor({ sampleIntervalMs: 0 }), /sampleIntervalMs/);
  });

  test('spans within spans come to an end', () => {
    const { monitor } = virtualMonitor();
    let span = monitor.startSpan('a');
    for (let depth = 0; depth < 1_000; depth++) span = span.startSpan('a');
    span.end();
    monitor.sample();
    assert.ok(monitor.stats().metrics < 20);
  });

  test('C11: memory is flat over a day of samples', async () => {
    const { clock, monitor } = virtualMonitor({ sampleIntervalMs: 60_000, bufferSize: 60 });
    const counter = monitor.counter('requests');
    for (let minute = 0; minute < 24 * 60; minute++) {
      counter.add(minute);
      await clock.advance(60_000);
    }
    assert.equal(monitor.stats().samples, 1_440);
    assert.equal(monitor.series('requests')?.values.length, 60);
  });

  test('whatever is recorded when, the counters columns add up to its total', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 5_000 })), {
          maxLength: 40,
        }),
        async (steps) => {
          const { clock, monitor } = virtualMonitor({ sampleIntervalMs: 1_000, bufferSize: 1_000 });
          const counter = monitor.counter('n');
          for (const [amount, waitMs] of steps) {
            counter.add(amount);
            await clock.advance(waitMs);
          }
          await clock.advance(1_000);
          const sum = (monitor.series('n')?.values ?? []).reduce((total, value) => total + value, 0);
          assert.ok(Math.abs(sum - counter.total) < 1e-6 * (1 + counter.total));
          monitor.stop();
        },
      ),
      { numRuns: 50 },
    );
  });
});
