import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../../src/measure/random.ts';
import { areaOf, rateAt } from '../../../src/measure/ramp.ts';
import { arrivalProcesses } from '../../../src/load/arrivals/arrivals.ts';
import { arrivalsOfShare, partOf } from '../../../src/load/arrivals/share.ts';
import type { Ramp } from '../../../src/measure/ramp.ts';
import type { Arrivals } from '../../../src/load/arrivals/arrivals.ts';

const constant = (rate: number): Ramp => ({ fromPerSecond: rate, toPerSecond: rate, forNs: 60e9 });

/** Rates with two decimals, one end may be 0; a time in ms; an area of at most some thousand arrivals. */
const anyRamp: fc.Arbitrary<Ramp> = fc
  .record({
    from: fc.integer({ min: 0, max: 50_000 }),
    to: fc.integer({ min: 0, max: 50_000 }),
    forMs: fc.integer({ min: 1, max: 10_000 }),
  })
  .filter(({ from, to }) => from + to > 0)
  .map(({ from, to, forMs }) => ({ fromPerSecond: from / 100, toPerSecond: to / 100, forNs: forMs * 1e6 }));

/** Every arrival within the ramp. */
function allOf(arrivals: Arrivals, { forNs }: Ramp): number[] {
  const dues: number[] = [];
  for (let n = 0, due = arrivals(0); due < forNs; due = arrivals(++n)) dues.push(due);
  return dues;
}

/** The integral of the rate up to a time, by the trapezium. */
function areaUpTo(ramp: Ramp, ns: number): number {
  return ((ramp.fromPerSecond + rateAt(ramp, ns)) / 2) * (ns / 1e9);
}

test('uniform arrivals are evenly spaced from the start, without drift', () => {
  const due = arrivalProcesses.uniform(constant(3));
  assert.equal(due(0), 0);
  assert.equal(due(3_000_000), 1e15);
});

test('a ramp has as many arrivals as its integral, rounded up, each due where the integral reaches its number', () => {
  fc.assert(
    fc.property(anyRamp, (ramp) => {
      const dues = allOf(arrivalProcesses.uniform(ramp), ramp);
      // Exact in integers: hundredths of a rate times milliseconds.
      const sum =
        BigInt(Math.round((ramp.fromPerSecond + ramp.toPerSecond) * 100)) * BigInt(ramp.forNs / 1e6);
      const exact = Number((sum + 199_999n) / 200_000n);
      // at the very end of a ramp to 0 a rounding error decides whether the last one is due just before it
      assert.ok(dues.length === exact || (ramp.toPerSecond === 0 && Math.abs(dues.length - exact) <= 1));
      assert.ok(dues.every((due, n) => n === 0 || due >= (dues[n - 1] ?? 0)));
      assert.ok(dues.every((due, n) => Math.abs(areaUpTo(ramp, due) - n) < 1e-6));
    }),
    { numRuns: 200 },
  );
});

test('a ramp from nothing starts with its first arrival, one to nothing ends in time', () => {
  const up = { fromPerSecond: 0, toPerSecond: 100, forNs: 2e9 };
  const rising = allOf(arrivalProcesses.uniform(up), up);
  assert.equal(rising.length, 100);
  assert.deepEqual([rising[0], rising[25]], [0, 1e9]);
  const down = { fromPerSecond: 100, toPerSecond: 0, forNs: 2e9 };
  const falling = allOf(arrivalProcesses.uniform(down), down);
  assert.equal(falling.length, 100);
  assert.deepEqual([falling[0], falling[75]], [0, 1e9]);
  assert.equal(arrivalProcesses.uniform(down)(101), Infinity);
});

test('Poisson arrivals have exponential gaps of the right mean, and the same seed gives the same ones', () => {
  const due = arrivalProcesses.poisson(constant(1000), createRandom(5));
  const again = arrivalProcesses.poisson(constant(1000), createRandom(5));
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

test('Poisson arrivals on a ramp are as many as the integral in every part of it, and never go back', () => {
  const ramp = { fromPerSecond: 0, toPerSecond: 4000, forNs: 10e9 };
  const dues = allOf(arrivalProcesses.poisson(ramp, createRandom(3)), ramp);
  assert.ok(dues.every((due, n) => n === 0 || due >= (dues[n - 1] ?? 0)));
  for (let second = 0; second < 10; second++) {
    const count = dues.filter((due) => due >= second * 1e9 && due < (second + 1) * 1e9).length;
    const expected = areaUpTo(ramp, (second + 1) * 1e9) - areaUpTo(ramp, second * 1e9);
    // four standard deviations of a Poisson count
    assert.ok(Math.abs(count - expected) < 4 * Math.sqrt(expected), `${second}: ${count}, ${expected}`);
  }
  assert.ok(Math.abs(dues.length - areaOf(ramp)) < 4 * Math.sqrt(areaOf(ramp)));
});

test('the arrivals of all shares together are those of one thread', () => {
  fc.assert(
    fc.property(
      anyRamp,
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom('uniform' as const, 'poisson' as const),
      (ramp, workers, spacing) => {
        const whole = allOf(arrivalProcesses[spacing](ramp, createRandom(9)), ramp);
        const parts = Array.from({ length: workers }, (_, worker) =>
          allOf(arrivalsOfShare(arrivalProcesses[spacing](ramp, createRandom(9)), { worker, workers }), ramp),
        );
        for (const [n, due] of whole.entries())
          assert.equal(parts[n % workers]?.[Math.floor(n / workers)], due);
        assert.equal(
          parts.reduce((sum, part) => sum + part.length, 0),
          whole.length,
        );
        for (const [worker, part] of parts.entries())
          assert.equal(part.length, partOf(whole.length, { worker, workers }));
      },
    ),
    { numRuns: 150 },
  );
});
