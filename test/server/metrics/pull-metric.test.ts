import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { parseExposition } from '../../../src/run/server/parse-exposition.ts';
import { addPullMetric } from '../../../src/server/metrics/pull-metric.ts';
import type { Reading } from '../../../src/server/metrics/pull-metric.ts';

async function samplesOf(registry: Registry) {
  return parseExposition(await registry.metrics()).samples.map(({ name, labels, value }) => [
    name,
    labels,
    value,
  ]);
}

test('values are those of the part at the time of the scrape', async () => {
  const registry = new Registry();
  let waiting = 3;
  let done = 10;
  addPullMetric(registry, { name: 'waiting', help: 'h', kind: 'gauge', read: () => waiting });
  addPullMetric(registry, { name: 'done_total', help: 'h', kind: 'counter', read: () => done });
  assert.deepEqual(await samplesOf(registry), [
    ['waiting', {}, 3],
    ['done_total', {}, 10],
  ]);
  [waiting, done] = [1, 25];
  assert.deepEqual(await samplesOf(registry), [
    ['waiting', {}, 1],
    ['done_total', {}, 25],
  ]);
  assert.deepEqual(Object.fromEntries(parseExposition(await registry.metrics()).types), {
    waiting: 'gauge',
    done_total: 'counter',
  });
});

test('a series that is not there any more is not told, nor is what is not known', async () => {
  const registry = new Registry();
  let readings: readonly Reading[] = [
    { labels: { kind: 'a' }, value: 1 },
    { labels: { kind: 'quote " back \\ line \n' }, value: 2 },
  ];
  addPullMetric(registry, {
    name: 'by_kind',
    help: 'h',
    kind: 'gauge',
    labels: ['kind'],
    read: () => readings,
  });
  addPullMetric(registry, { name: 'unknown', help: 'h', kind: 'gauge', read: () => [] });
  assert.deepEqual(await samplesOf(registry), [
    ['by_kind', { kind: 'a' }, 1],
    ['by_kind', { kind: 'quote " back \\ line \n' }, 2],
  ]);
  readings = readings.slice(0, 1);
  assert.deepEqual(await samplesOf(registry), [['by_kind', { kind: 'a' }, 1]]);
});

test('a name that was taken is an error', () => {
  const registry = new Registry();
  const metric = { name: 'twice', help: 'h', kind: 'gauge', read: () => 1 } as const;
  addPullMetric(registry, metric);
  assert.throws(() => addPullMetric(registry, metric), /twice has already been registered/);
});
