import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DelayWatch } from '../../../src/load/engine/delay-watch.ts';
import { HistogramPool } from '../../../src/load/record/histogram-pool.ts';
import { createVirtualLoop } from '../virtual-loop.ts';

test('tells by how much the loop was late while something was under way', async () => {
  const loop = createVirtualLoop();
  let stalledNs = 0;
  const watch = new DelayWatch({ ...loop, now: () => loop.now() + stalledNs }, new HistogramPool());
  watch.start();
  await loop.runUntil(
    new Promise<void>((resolve) => {
      loop.after(1e9, () => (stalledNs = 300e6));
      loop.after(2e9, resolve);
    }),
  );
  watch.stop();
  // the beat that was due at 1.02 s came at 1.32 s
  assert.equal(watch.between(0, 0.9e9), 0);
  assert.ok(Math.abs(watch.between(0, 1.1e9) - 300e6) < 25e6);
  assert.ok(watch.between(1.29e9, 5e9) > 270e6);
  assert.equal(watch.between(1.5e9, 2e9), 0);
  const beats = watch.take();
  assert.ok(beats !== null);
  assert.ok(Math.abs(beats.max - 300e6) < 25e6);
  assert.ok(beats.valueAt(50) < 1e6);
  assert.equal(watch.take(), null);
});
