import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binomialCdf } from '../../../src/measure/statistics/beta.ts';
import { decidePaired } from '../../../src/judge/paired/decide-paired.ts';
import { decideInTurn, noises, simulateRun } from './simulated-run.ts';
import type { PairedDecision, PairedOutcome } from '../../../src/model/paired.ts';
import type { Simulation } from './simulated-run.ts';

// the seeds are fixed, so these either always pass or never do

const simulations = 200;

function outcomesOf(simulation: Omit<Simulation, 'seed'>, runs = simulations): PairedOutcome[] {
  return Array.from(
    { length: runs },
    (_, index) => decideInTurn(simulateRun({ seed: index + 1, ...simulation })).outcome,
  );
}

function countOf(outcomes: readonly PairedOutcome[], outcome: PairedOutcome): number {
  return outcomes.filter((one) => one === outcome).length;
}

/** So many of `runs` are no evidence that the true share is above `share`. */
function atMost(count: number, runs: number, share: number): void {
  const p = 1 - binomialCdf(count - 1, runs, share);
  assert.ok(count === 0 || p > 0.001, `${count} of ${runs}: more than ${share * 100} %`);
}

/** The true share is at least `share`, nearly surely. */
function atLeast(count: number, runs: number, share: number): void {
  const p = count === runs ? share ** runs : 1 - binomialCdf(count - 1, runs, share);
  assert.ok(p < 0.05, `${count} of ${runs}: not shown to be ${share * 100} % or more`);
}

for (const [name, noise] of Object.entries(noises)) {
  test(`${name} noise: where nothing has changed no run in a hundred fails`, () => {
    for (const spread of [0.02, 0.2]) {
      const outcomes = outcomesOf({ noise, spread, subjects: 2 }, 50);
      assert.equal(countOf(outcomes, 'fail'), 0, `spread ${spread}`);
      assert.equal(countOf(outcomes, 'unfit'), 0, `spread ${spread}`);
    }
  });

  // one in ten shows in a quarter of the runs that one in a hundred takes, and is kept by the same sums
  test(`${name} noise: with the smallest threshold the chance of a false alarm is still kept`, () => {
    const settings = { threshold: 1e-6, wrongSide: 0.49, falseAlarm: 0.1 };
    const outcomes = outcomesOf({ noise, spread: 0.2, settings }, 120);
    atMost(countOf(outcomes, 'fail'), 120, 0.1);
  });

  test(`${name} noise: 10 % slower fails in 95 % of the runs, 5 % slower in 60 %, and neither passes`, () => {
    const ten = outcomesOf({ noise, spread: 0.05, change: 0.1 });
    atLeast(countOf(ten, 'fail'), simulations, 0.95);
    assert.equal(countOf(ten, 'pass'), 0);
    const five = outcomesOf({ noise, spread: 0.05, change: 0.05 });
    atLeast(countOf(five, 'fail'), simulations, 0.6);
    atMost(countOf(five, 'pass'), simulations, 0.01);
  });
}

test('a chance of a false alarm that ranks of few pairs cannot reach is kept too, with heavy tails', () => {
  const settings = { threshold: 1e-6, wrongSide: 0.49 };
  const outcomes = outcomesOf({ noise: noises['heavy tails'], spread: 0.2, settings }, 400);
  atMost(countOf(outcomes, 'fail'), 400, 0.01);
});

test('a slow-down of just the threshold passes with a chance of 5 % at most', () => {
  for (const spread of [0.01, 0.05]) {
    const outcomes = outcomesOf({ noise: noises.normal, spread, change: 0.03 });
    atMost(countOf(outcomes, 'pass'), simulations, 0.05);
  }
});

test('each series of a slow-down of just the threshold is told to be worse with a chance of 5 % at most', () => {
  const worse = Array.from({ length: simulations }, (_, index) =>
    decideInTurn(simulateRun({ seed: index + 1, noise: noises.normal, spread: 0.03, change: 0.03 })),
  ).filter(({ series }) => series[0]?.verdict === 'worse');
  atMost(worse.length, simulations, 0.05);
});

test('ten per cent faster is told to be better, and passes', () => {
  const decisions = Array.from({ length: simulations }, (_, index) =>
    decideInTurn(simulateRun({ seed: index + 1, noise: noises.normal, spread: 0.03, change: -0.1 })),
  );
  atLeast(decisions.filter(({ outcome }) => outcome === 'pass').length, simulations, 0.95);
  atLeast(decisions.filter(({ series }) => series[0]?.verdict === 'better').length, simulations, 0.95);
});

test('with more series that decide, a regression of one of them is found all the same', () => {
  const found = Array.from({ length: 60 }, (_, index) => {
    const run = simulateRun({ seed: index + 1, noise: noises.normal, spread: 0.03, subjects: 6 });
    const series = run.series.map((one, at) =>
      at === 0 ? { ...one, head: one.head.map((value) => (value ?? NaN) * 1.1) } : one,
    );
    return decideInTurn({ ...run, series }).outcome;
  });
  atLeast(countOf(found, 'fail'), 60, 0.9);
});

/** At the last of the looks alone. */
function decideLast(simulation: Simulation): PairedDecision {
  const run = simulateRun(simulation);
  return decidePaired(run, run.looks.length - 1);
}

for (const name of ['normal', 'heavy tails'] as const) {
  test(`${name} noise: what is said to be found four times out of five is`, () => {
    const given = { noise: noises[name], spread: 0.05, maxPairs: 20 };
    const seeds = Array.from({ length: simulations }, (_, index) => index + 1);
    const told = seeds.map((seed) => decideLast({ seed, ...given }).series[0]?.change?.detectable ?? NaN);
    const usual = told.toSorted((a, b) => a - b)[simulations / 2] ?? NaN;
    const found = seeds.filter(
      (seed) => decideLast({ seed: seed + 5000, change: usual, ...given }).series[0]?.verdict === 'worse',
    );
    assert.ok(found.length > 0.68 * simulations && found.length < 0.92 * simulations, `${found.length}`);
  });
}

test('the pairs that are said to be missing are about what it takes', () => {
  const given = { noise: noises.normal, spread: 0.06, change: 0.06 };
  const open = Array.from({ length: 100 }, (_, index) =>
    decideLast({ seed: index + 1, maxPairs: 10, ...given }),
  )
    .map(({ series }) => series[0])
    .filter((row) => row?.verdict === 'cannot tell');
  const told = open.flatMap((row) => row?.morePairs ?? []).toSorted((a, b) => a - b);
  const usual = told[told.length >> 1] ?? NaN;
  assert.ok(open.length > 50 && usual > 5 && usual < 150, `${usual} of ${open.length}`);
  const enough = Array.from({ length: 100 }, (_, index) =>
    decideLast({ seed: index + 1, maxPairs: 80, ...given }),
  );
  assert.ok(enough.filter(({ series }) => series[0]?.verdict === 'worse').length > 80);
});
