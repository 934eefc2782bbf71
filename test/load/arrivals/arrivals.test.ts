import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../src/measure/random.ts';
import { arrivalProcesses } from '../../../src/load/arrivals/arrivals.ts';

test('uniform arrivals are evenly spaced from the start, without drift', () => {
  const due = arrivalProcesses.uniform(3);
  assert.equal(due(0), 0);
  assert.equal(due(3_000_000), 1e15);
});

test('Poisson arrivals have exponential gaps of the right mean, and the same seed gives the same ones', () => {
  const due = arrivalProcesses.poisson(1000, createRandom(5));
  const again = arrivalProcesses.poisson(1000, createRandom(5));
  const times = Array.from({ length: 20_001 }, (_, n) => due(n));
  assert.deepEqual(
    times.slice(0, 100),
    Array.from({ length: 100 }, (_, n) => again(n)),
  );
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  assert.ok(gaps.every((gap) => gap >= 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  // the standard error of the mean is 0.7 %; of the shares below, 0.35 %
  assert.ok(Math.abs(mean / 1e6 - 1) < 0.03, `${mean}`);
  for (const multiple of [0.5, 1, 2]) {
    const share = gaps.filter((gap) => gap > multiple * 1e6).length / gaps.length;
    assert.ok(Math.abs(share - Math.exp(-multiple)) < 0.015, `${multiple}: ${share}`);
  }
});
