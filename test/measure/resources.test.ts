import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { startResources } from '../../src/measure/resources.ts';
import type { ResourceSample } from '../../src/measure/resources.ts';

/** Allocate until the young generation must have been collected several times (64 MiB in all). */
function makeGarbage(): number {
  let kept = 0;
  for (let index = 0; index < 1_000_000; index++) kept += [index, index, index, index].length;
  return kept;
}

test('sees CPU time, memory and collections, and starts anew with each sample', async () => {
  const meter = startResources();
  for (let round = 0; round < 3; round++) makeGarbage();
  await turn();
  await turn();
  const first = meter.sample();
  assert.ok(first.wallNs > 0 && first.cpuNs > 0 && first.rssBytes > 0 && first.heapUsedBytes > 0);
  assert.ok(first.gcCount >= 1 && first.gcNs > 0, `${first.gcCount} collections`);
  const second = meter.sample();
  assert.ok(second.wallNs < first.wallNs);
  assert.equal(second.gcCount, 0);
  meter.stop();
  meter.stop();
});

test('wall time comes from the injected clock', () => {
  let now = 0;
  const meter = startResources({ now: () => now });
  now = 5e9;
  assert.equal(meter.sample().wallNs, 5e9);
  now = 6e9;
  assert.equal(meter.sample().wallNs, 1e9);
  meter.stop();
});

test('every figure is a finite number, also when nothing happened', () => {
  const meter = startResources({ cpu: 'thread' });
  const { loopDelay, ...rest } = meter.sample();
  meter.stop();
  for (const value of [...Object.values(rest), ...Object.values(loopDelay)])
    assert.ok(Number.isFinite(value) && value >= 0, `${value}`);
});

test('works in a worker thread', async () => {
  const url = new URL('../../src/measure/resources.ts', import.meta.url).href;
  const code = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(url)}).then(({ startResources }) => {
      const meter = startResources();
      let x = 0;
      for (let i = 0; i < 5e6; i++) x += Math.sqrt(i);
      parentPort.postMessage({ ...meter.sample(), x });
      meter.stop();
    });`;
  const worker = new Worker(code, { eval: true });
  const [sample]: ResourceSample[] = await once(worker, 'message');
  assert.ok(sample !== undefined && sample.cpuNs > 0 && sample.wallNs > 0);
  await worker.terminate();
});
