import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCalmCore } from '../../../src/bench/samplers/calm-core.ts';
import type { CalmCore } from '../../../src/bench/samplers/calm-core.ts';

const readingNs = 10_000;

/** A core on a virtual clock that is disturbed from one moment to another; every `interrupted`th reading is slow as well. */
function coreThat(disturbed: { readonly fromNs: number; readonly untilNs: number }, interrupted = Infinity) {
  let ns = 0;
  let readings = 0;
  const now = (): number => ns;
  const read = (): number => {
    const slow = (ns >= disturbed.fromNs && ns < disturbed.untilNs) || ++readings % interrupted === 0;
    const took = slow ? 1.5 * readingNs : readingNs;
    ns += took;
    return took;
  };
  const isCalm = (took: number): boolean => took <= 1.08 * readingNs;
  const calm = (signal = new AbortController().signal): CalmCore =>
    createCalmCore(
      { read, isCalm, sample: () => !isCalm(read()), reset: () => undefined, readings: () => null },
      { patienceNs: 1.5e9, signal, now },
    );
  return { calm, now };
}

describe('createCalmCore', () => {
  test('nothing is awaited on a calm core', () => {
    const { calm } = coreThat({ fromNs: 1e9, untilNs: 2e9 });
    const core = calm();
    for (let slice = 0; slice < 100; slice++) assert.equal(core.betweenSlices(), undefined);
    assert.deepEqual(core.waited(), { wallNs: 0, cpuNs: 0 });
  });

  test('waits until the core is calm again, and tells for how long', async () => {
    const { calm, now } = coreThat({ fromNs: 0, untilNs: 300e6 });
    const core = calm();
    await core.betweenSlices();
    assert.ok(now() >= 300e6 && now() < 310e6, String(now()));
    const { wallNs } = core.waited();
    assert.ok(wallNs > 290e6 && wallNs < 310e6, String(wallNs));
    core.reset();
    assert.equal(core.waited().wallNs, 0);
    assert.equal(core.betweenSlices(), undefined);
  });

  test('one interrupted reading in ten is no other tenant', () => {
    const { calm } = coreThat({ fromNs: 1e9, untilNs: 2e9 }, 10);
    const core = calm();
    for (let slice = 0; slice < 100; slice++) assert.equal(core.betweenSlices(), undefined);
  });

  test('its patience ends after 1.5 s of waiting in all, and the round goes on as it is', async () => {
    const { calm, now } = coreThat({ fromNs: 0, untilNs: Infinity });
    const core = calm();
    await core.betweenSlices();
    assert.ok(now() >= 1.5e9 && now() < 1.51e9, String(now()));
    assert.equal(core.betweenSlices(), undefined);
  });

  test('an abort ends the waiting', async () => {
    const { calm, now } = coreThat({ fromNs: 0, untilNs: Infinity });
    await calm(AbortSignal.abort()).betweenSlices();
    assert.ok(now() < 10e6, String(now()));
  });
});
