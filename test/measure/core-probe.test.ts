import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileCoreKernel } from '../../src/measure/core-kernel.ts';
import { createCoreProbe } from '../../src/measure/core-probe.ts';
import type { CoreProbeOptions } from '../../src/measure/core-probe.ts';

/** The kernel in JavaScript. */
function kernelOf(rounds: number): number {
  let [a, b, c, d, e, f] = [0, 0, 0, 0, 0, 0];
  for (let n = rounds; n > 0; n--) {
    a = (a + n) | 0;
    b ^= a;
    c = (c + b) | 0;
    d ^= n;
    e = (e + d) | 0;
    f ^= c;
  }
  return (a + b + c + d + e + f) | 0;
}

/** A virtual clock that the kernel moves by as much as is set. */
function virtual() {
  const clock = { ns: 0, kernelNs: 10_000 };
  const options: CoreProbeOptions = {
    now: () => clock.ns,
    kernel: () => (clock.ns += clock.kernelNs),
  };
  return { clock, options };
}

test('the kernel does the arithmetic that it is said to do', () => {
  assert.equal(compileCoreKernel()(), kernelOf(20_000));
});

describe('createCoreProbe', () => {
  test('counts a reading when the last one is 2 ms ago, and none before', () => {
    const { clock, options } = virtual();
    const probe = createCoreProbe(options);
    assert.equal(probe.readings(), null);
    for (let at = 0; at < 20; at++) {
      clock.ns += 500_000;
      probe.sample();
    }
    assert.deepEqual(probe.readings(), { readings: 5, fastestNs: 10_000, meanNs: 10_000 });
    probe.reset();
    assert.equal(probe.readings(), null);
  });

  test('an interrupt of a second counts as twice the fastest', () => {
    const { clock, options } = virtual();
    const probe = createCoreProbe(options);
    for (const kernelNs of [1e9, 10_000, 10_000, 10_000]) {
      clock.ns += 3e6;
      clock.kernelNs = kernelNs;
      probe.sample();
    }
    assert.equal(probe.readings()?.meanNs, 12_500);
  });

  test('keeps no more readings than those of 16 s', () => {
    const { clock, options } = virtual();
    const probe = createCoreProbe(options);
    for (let at = 0; at < 20_000; at++) {
      clock.ns += 2e6;
      probe.sample();
    }
    assert.equal(probe.readings()?.readings, 8_192);
  });
});
