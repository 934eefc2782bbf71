import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Distribution } from '../../../src/measure/distribution.ts';
import { requestClocks } from '../../../src/load/record/extra-metrics.ts';
import { HistogramPool } from '../../../src/load/record/histogram-pool.ts';
import { Recorder } from '../../../src/load/record/recorder.ts';
import type { OperationParts } from '../../../src/load/record/slowest-operations.ts';

interface Sent {
  readonly serviceNs: number;
  /** Until the first byte; null for a reply in one piece. */
  readonly firstNs: number | null;
  /** Spent on a connection before the request was written. */
  readonly openNs: number;
}

/** Count and sum of what an interval holds of each metric. */
function recorded(replies: readonly Sent[]): Map<string, Distribution> {
  const recorder = new Recorder(
    [{ name: 'get', clocks: requestClocks }],
    new HistogramPool(),
    (text) => text,
  );
  for (const { serviceNs, firstNs, openNs } of replies) {
    const [sentNs, endNs] = [1000, 1000 + openNs + serviceNs];
    const requestedNs = sentNs + openNs;
    const firstByteNs = firstNs === null ? 0 : requestedNs + firstNs;
    const parts: OperationParts = { requestedNs, firstByteNs, openNs, tlsNs: 0 };
    recorder.arrived(0);
    recorder.success(0, 500, sentNs, endNs, parts);
  }
  const metrics = new Map<string, Distribution>();
  for (const slice of recorder.take().encode(null)) {
    const values = new Distribution();
    values.addSlice(slice);
    metrics.set(slice.metric, values);
  }
  return metrics;
}

test('the first byte of a reply in one piece comes with its end, and it has no download', () => {
  const metrics = recorded([{ serviceNs: 100, firstNs: null, openNs: 0 }]);
  assert.equal(metrics.get('time_to_first_byte')?.valueAt(50).value, 100);
  assert.equal(metrics.get('service_time')?.valueAt(50).value, 100);
  assert.equal(metrics.get('download_time'), undefined);
});

test('a reply in pieces has a download, and a request that connects first has its first byte counted from the write', () => {
  const metrics = recorded([{ serviceNs: 100, firstNs: 30, openNs: 50 }]);
  assert.equal(metrics.get('time_to_first_byte')?.valueAt(50).value, 30);
  assert.equal(metrics.get('download_time')?.valueAt(50).value, 70);
  assert.equal(metrics.get('service_time')?.valueAt(50).value, 150);
});

test('every reply has a service time and a first byte, whatever came in pieces', () => {
  const reply = fc.record({
    serviceNs: fc.integer({ min: 101, max: 1000 }),
    firstNs: fc.option(fc.integer({ min: 1, max: 100 })),
    openNs: fc.constantFrom(0, 0, 40),
  });
  fc.assert(
    fc.property(fc.array(reply, { minLength: 1, maxLength: 30 }), (replies) => {
      const metrics = recorded(replies);
      const median = (values: readonly number[]): number =>
        values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? 0;
      const service = replies.map(({ serviceNs, openNs }) => serviceNs + openNs);
      const first = replies.map(({ serviceNs, firstNs }) => firstNs ?? serviceNs);
      for (const [metric, values] of [
        ['service_time', service],
        ['time_to_first_byte', first],
      ] as const) {
        assert.equal(metrics.get(metric)?.count, values.length);
        assert.equal(metrics.get(metric)?.valueAt(50).value, median(values));
      }
      const pieces = replies.filter(({ firstNs }) => firstNs !== null).length;
      assert.equal(metrics.get('download_time')?.count ?? 0, pieces);
    }),
    { numRuns: 100 },
  );
});
