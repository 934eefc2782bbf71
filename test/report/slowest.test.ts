import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slowestLines } from '../../src/report/slowest.ts';
import type { SlowOperation } from '../../src/model/result.ts';

const slow: SlowOperation = {
  phase: 'steady',
  name: 'GET /items',
  dueNs: 1e9,
  sentNs: 1.2e9,
  firstByteNs: null,
  endNs: 2e9,
  openNs: null,
  tlsNs: null,
  generatorDelayNs: 0,
};

test('the slowest operations are told with where their time went, five of them', () => {
  const parts = { firstByteNs: 1.5e9, openNs: 100e6, tlsNs: 60e6, generatorDelayNs: 12e6 };
  const lines = slowestLines({ slowest: [slow, { ...slow, ...parts }, slow, slow, slow, slow] });
  assert.equal(lines.length, 5);
  assert.deepEqual(lines.slice(0, 2), [
    '1.00s steady GET /items, ended 2.00s into the run: waited 200ms, reply 800ms',
    '1.00s steady GET /items, ended 2.00s into the run: waited 200ms, connecting 100ms, TLS 60.0ms, first byte 300ms, download 500ms, generator late 12.0ms',
  ]);
});

test('a failed one is told with its class, and one that was never sent has waited all the time', () => {
  assert.deepEqual(
    slowestLines({
      slowest: [
        { ...slow, failure: 'timeout' },
        { ...slow, failure: 'connect_timeout', sentNs: null },
      ],
    }),
    [
      '1.00s steady GET /items, failed (timeout), ended 2.00s into the run: waited 200ms, failed after 800ms',
      '1.00s steady GET /items, failed (connect_timeout), ended 2.00s into the run: waited 1.00s',
    ],
  );
});

test('a result without them tells nothing', () => {
  assert.deepEqual(slowestLines({}), []);
});
