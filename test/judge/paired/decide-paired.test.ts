import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decidePaired } from '../../../src/judge/paired/decide-paired.ts';
import { pairedExitCode } from '../../../src/judge/paired/paired-outcome.ts';
import { pairedDefaults } from '../../../src/judge/paired/paired-settings.ts';
import { planLooks } from '../../../src/judge/paired/plan-looks.ts';
import { decideInTurn, environment, noises, simulateRun } from './simulated-run.ts';
import type { PairedEvidence } from '../../../src/judge/paired/decide-paired.ts';
import type { PairedDecision, PairedSeries, SeriesDecision } from '../../../src/model/paired.ts';

const pairs = 10;

/** Ten values about 1000 that differ from each other by up to 1 %. */
function around(usual: number, seed = 1): number[] {
  return Array.from({ length: pairs }, (_, index) => usual * (1 + 0.01 * Math.sin(7 * index + seed)));
}

function series(changed: Partial<PairedSeries> = {}): PairedSeries {
  return {
    metric: 'op_duration',
    tags: { subject: 'lru' },
    statistic: 'p50',
    unit: 'ns',
    perSecond: false,
    better: 'lower',
    gated: true,
    threshold: null,
    floor: 0,
    base: around(20_000),
    head: around(20_000, 2),
    control: { base: around(20_000, 3).slice(0, 5), head: around(20_000, 4).slice(0, 5) },
    samplesPerRun: 50_000,
    ...changed,
  };
}

function runOf(all: readonly PairedSeries[], changed: Partial<PairedEvidence> = {}): PairedEvidence {
  const slots = (count: number): PairedEvidence['pairs'] =>
    Array.from({ length: count }, (_, index) => ({
      startNs: index * 1e9,
      order: index % 2 === 0 ? 'base first' : 'head first',
    }));
  return {
    settings: pairedDefaults,
    looks: planLooks(pairs),
    pairs: slots(pairs),
    control: slots(5),
    series: all,
    environment,
    validity: { state: 'valid', reasons: [] },
    ...changed,
  };
}

function only(decision: PairedDecision): SeriesDecision {
  const [first] = decision.series;
  assert.ok(first !== undefined);
  return first;
}

const decide = (changed: Partial<PairedSeries>): PairedDecision => decidePaired(runOf([series(changed)]), 0);

test('twice as slow is worse, and fails; its change is told with an interval', () => {
  const decision = decide({ head: around(40_000, 2) });
  assert.equal(decision.outcome, 'fail');
  assert.match(
    decision.reasons.join(),
    /^worse: op_duration \{subject:lru\} p50 by \+(99|100)\.\d% \(\+9\d\.\d% to \+10\d\.\d%\)$/,
  );
  const { verdict, change, notWorse, base, head } = only(decision);
  assert.equal(verdict, 'worse');
  assert.equal(notWorse, false);
  assert.ok(change !== null && change.interval !== null && change.p !== null && change.detectable !== null);
  assert.ok(Math.abs(change.estimate - 1) < 0.02);
  assert.ok(change.interval[0] < 1 && change.interval[1] > 1);
  assert.ok(change.p < 0.01);
  assert.ok(change.detectable > 0.03 && change.detectable < 0.06);
  assert.ok(Math.abs((base ?? 0) - 20_000) < 300 && Math.abs((head ?? 0) - 40_000) < 600);
});

test('half the time is better, and passes; about the same is the same, and passes', () => {
  const better = decide({ head: around(10_000, 2) });
  assert.deepEqual([better.outcome, only(better).verdict, only(better).notWorse], ['pass', 'better', true]);
  const same = decide({});
  assert.deepEqual([same.outcome, only(same).verdict, same.reasons], ['pass', 'same', []]);
});

test('the direction is the one that the series declares: half the throughput is worse', () => {
  const throughput = { metric: 'throughput', statistic: 'rate', unit: 'count', better: 'higher' } as const;
  const fall = decide({ ...throughput, head: around(10_000, 2) });
  assert.equal(only(fall).verdict, 'worse');
  assert.ok(Math.abs((only(fall).change?.estimate ?? 0) + 0.5) < 0.02);
  const { interval } = only(fall).change ?? {};
  assert.ok(interval !== null && interval !== undefined && interval[0] < interval[1]);
  assert.equal(only(decide({ ...throughput, head: around(40_000, 2) })).verdict, 'better');
});

test('to swap the sides turns every verdict and change round', () => {
  const scale = fc.double({ min: 0.5, max: 2, noNaN: true });
  fc.assert(
    fc.property(scale, fc.integer(), (factor, seed) => {
      const slow = around(20_000 * factor, seed);
      const there = only(decide({ head: slow }));
      const back = only(decide({ base: slow, head: around(20_000) }));
      const mirror = {
        worse: 'better',
        better: 'worse',
        same: 'same',
        'cannot tell': 'cannot tell',
      } as const;
      assert.ok(there.verdict in mirror);
      assert.equal(back.verdict, Object.entries(mirror).find(([key]) => key === there.verdict)?.[1]);
      const product = (1 + (there.change?.estimate ?? 0)) * (1 + (back.change?.estimate ?? 0));
      assert.ok(Math.abs(product - 1) < 1e-9);
    }),
    { numRuns: 200 },
  );
});

test('a change near the threshold cannot be told, and says how many more pairs would', () => {
  const head = around(20_800, 2).map((value, index) => value * (1 + 0.03 * Math.cos(5 * index)));
  const decision = decide({ head });
  const { verdict, morePairs, reason } = only(decision);
  assert.deepEqual([decision.outcome, verdict], ['inconclusive', 'cannot tell']);
  assert.ok(morePairs !== null && morePairs > 5 && morePairs < 500);
  assert.equal(reason, `about ${morePairs} more pairs would tell`);
  assert.equal(only(decidePaired(runOf([series({ head })], {}), 0)).notWorse, false);
});

test('a change within the threshold in which the control varies more is not told to be worse', () => {
  const restless = {
    base: around(20_000),
    head: around(20_000).map((value, index) => value * [1.3, 0.8, 1.2, 0.75, 1.05][index % 5]!),
  };
  const head = around(22_000, 2);
  assert.equal(only(decide({ head })).verdict, 'worse');
  const { verdict, change } = only(decide({ head, control: restless }));
  assert.equal(verdict, 'cannot tell');
  assert.ok((change?.worseFrom ?? 0) > 0.1 && Math.abs((change?.threshold ?? 0) - 0.03) < 1e-9);
  // a restless machine does not make a pass easier
  assert.equal(only(decide({ head, control: restless })).notWorse, false);
});

test('the threshold is that of the statistic, of the series, or the clock', () => {
  const thresholdOf = (changed: Partial<PairedSeries>): number =>
    only(decide(changed)).change?.threshold ?? NaN;
  const near = (actual: number, expected: number): void =>
    assert.ok(Math.abs(actual - expected) < 1e-9 + expected * 0.02, `${actual} is not ${expected}`);
  near(thresholdOf({}), 0.03);
  near(thresholdOf({ statistic: 'p95' }), 0.05);
  near(thresholdOf({ statistic: 'p99' }), 0.1);
  near(thresholdOf({ threshold: 0.2 }), 0.2);
  // 2 clock ticks of 40 ns each of some 500 ns
  near(thresholdOf({ base: around(500), head: around(500) }), 0.16);
  near(
    thresholdOf({ metric: 'bytes_per_op', statistic: 'value', unit: 'bytes', base: around(500), floor: 50 }),
    0.1,
  );
});

test('a percentile with too few samples is shown and does not decide; alone it is no data', () => {
  for (const [statistic, samples] of [
    ['p95', 1999],
    ['p99', 9999],
  ] as const) {
    const tail = series({ statistic, samplesPerRun: samples, head: around(60_000, 2) });
    const alone = decidePaired(runOf([tail]), 0);
    assert.deepEqual([only(alone).verdict, only(alone).gated], ['descriptive', false]);
    assert.match(only(alone).reason ?? '', new RegExp(`${samples} samples in a process; ${statistic} takes`));
    assert.ok(only(alone).change !== null);
    assert.deepEqual([alone.outcome, alone.reasons], ['no data', ['there is no series that decides']]);
    assert.equal(decidePaired(runOf([series(), tail]), 0).outcome, 'pass');
    assert.equal(only(decide({ ...tail, samplesPerRun: samples + 1 })).verdict, 'worse');
  }
});

test('what is not to decide never does, however much worse it is', () => {
  const shown = series({
    metric: 'rss',
    statistic: 'value',
    unit: 'bytes',
    gated: false,
    head: around(90_000),
  });
  const decision = decidePaired(runOf([shown, series()]), 0);
  assert.deepEqual([decision.outcome, only(decision).verdict], ['pass', 'worse']);
  assert.equal(only(decide({ better: 'neither', head: around(90_000) })).verdict, 'descriptive');
});

test('a missing, zero or infinite value is no data, and named', () => {
  const without = (value: number | null): (number | null)[] =>
    around(20_000)
      .with(3, value ?? NaN)
      .map((one) => (Number.isNaN(one) ? value : one));
  const cases: [Partial<PairedSeries>, string][] = [
    [{ head: without(null) }, 'in pair 4 the head gave no value'],
    [{ base: without(null) }, 'in pair 4 the base gave no value'],
    [{ head: without(0) }, 'in pair 4 the head gave 0'],
    [{ base: without(-5) }, 'in pair 4 the base gave -5'],
    [{ base: without(Infinity) }, 'in pair 4 the base gave no value'],
    [{ head: around(20_000).slice(0, 7) }, 'in pair 8 the head gave no value'],
    [{ head: Array.from({ length: pairs }, () => null) }, 'the head has no such series'],
    [{ base: [] }, 'the base has no such series'],
    [{ head: [], samplesPerRun: 0, statistic: 'p99' }, 'the head has no such series'],
    [{ better: 'higher', statistic: 'rate', unit: 'count', head: without(0) }, 'in pair 4 the head gave 0'],
  ];
  for (const [changed, reason] of cases) {
    const decision = decidePaired(runOf([series(), series(changed)]), 0);
    assert.equal(decision.outcome, 'no data', reason);
    assert.deepEqual(
      decision.series.map((row) => row.reason),
      [null, reason],
    );
    assert.match(decision.reasons.join(), /no data: op_duration/);
  }
});

test('no series at all, and fewer pairs than the look takes, are no data', () => {
  assert.deepEqual(decidePaired(runOf([]), 0).reasons, ['there is no series that decides']);
  const run = runOf([series({ head: around(40_000) })]);
  const cut = decidePaired({ ...run, pairs: run.pairs.slice(0, 7) }, 0);
  assert.deepEqual([cut.outcome, cut.reasons, cut.pairs], ['no data', ['7 of 10 pairs were measured'], 7]);
  const none = decidePaired({ ...run, pairs: [] }, 0);
  assert.deepEqual([none.outcome, only(none).verdict, only(none).change], ['no data', 'no data', null]);
  assert.throws(() => decidePaired(run, 1), RangeError);
});

test('counts and shares may be zero: equal ones are the same, and from none to some is worse', () => {
  const none = Array.from({ length: pairs }, () => 0);
  const some = around(3);
  for (const unit of ['count', 'ratio'] as const) {
    const control = { base: none, head: none };
    const errors = { metric: 'errors', statistic: 'rate', unit, samplesPerRun: null, control } as const;
    const equal = decide({ ...errors, base: none, head: none });
    assert.deepEqual([equal.outcome, only(equal).verdict], ['pass', 'same']);
    const risen = only(decide({ ...errors, base: none, head: some }));
    assert.deepEqual([risen.verdict, risen.change?.scale], ['worse', 'difference']);
    assert.equal(only(decide({ ...errors, base: some, head: none })).verdict, 'better');
  }
});

test('an exact count that is the same in every pair is the same, and its smallest change is found', () => {
  const exact = { metric: 'allocated_bytes', statistic: 'value', unit: 'bytes', threshold: 0.01 } as const;
  const count = Array.from({ length: pairs }, () => 512);
  assert.equal(only(decide({ ...exact, base: count, head: count })).verdict, 'same');
  const more = count.map((value) => value * 1.02);
  const found = only(decide({ ...exact, base: count, head: more }));
  assert.equal(found.verdict, 'worse');
  assert.ok(Math.abs((found.change?.detectable ?? 0) - 0.01) < 1e-9);
});

test('where the base differs from itself the machine is unfit, whatever the pairs show', () => {
  const control = { base: around(20_000, 3), head: around(24_000, 4) };
  const slots = runOf([]).pairs;
  for (const head of [around(20_000, 2), around(40_000, 2)]) {
    const decision = decidePaired(runOf([series({ control, head })], { control: slots }), 0);
    assert.equal(decision.outcome, 'unfit');
    assert.match(
      decision.reasons.join(),
      /the controls tell the base from itself in op_duration .* by \+(19|20)\.\d%/,
    );
  }
});

test('an invalid run is unfit, and what is suspect is noted', () => {
  const invalid = runOf([series()], { validity: { state: 'invalid', reasons: ['the clock jumped'] } });
  assert.deepEqual(decidePaired(invalid, 0).reasons, ['the clock jumped']);
  assert.equal(decidePaired(invalid, 0).outcome, 'unfit');
  const suspect = runOf([series()], { validity: { state: 'suspect', reasons: ['busy'], notes: ['short'] } });
  assert.deepEqual(
    [decidePaired(suspect, 0).outcome, decidePaired(suspect, 0).notes],
    ['pass', ['busy', 'short']],
  );
});

test('that the second process of a pair is always slower is noted and blamed on neither side', () => {
  const run = runOf([]);
  const head = around(20_000, 2).map((value, index) => (index % 2 === 0 ? value * 1.3 : value / 1.3));
  const decision = decidePaired({ ...run, series: [series({ head })] }, 0);
  assert.notEqual(decision.outcome, 'fail');
  assert.match(
    decision.notes.join(),
    /the second process of a pair differs from the first in op_duration .* by \+(2|3)\d/,
  );
});

test('an early look sees neither later pairs nor later controls', () => {
  const whole = simulateRun({ seed: 5, noise: noises.normal, spread: 0.05, change: 0.05 });
  for (const [look, { pairs: count }] of whole.looks.entries()) {
    const end = whole.pairs[count]?.startNs ?? Infinity;
    const cut = {
      ...whole,
      pairs: whole.pairs.slice(0, count),
      control: whole.control.filter(({ startNs }) => startNs < end),
    };
    assert.deepEqual(decidePaired(cut, look), decidePaired(whole, look));
    assert.equal(decidePaired(whole, look).controls, cut.control.length);
  }
});

test('the looks share the chances of error, and cover the pairs that are asked for', () => {
  assert.deepEqual(planLooks(), [
    { pairs: 10, share: 0.2 },
    { pairs: 20, share: 0.3 },
    { pairs: 40, share: 0.5 },
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 160 }), (maxPairs) => {
      const looks = planLooks(maxPairs);
      assert.equal(looks.at(-1)?.pairs, maxPairs);
      assert.ok(Math.abs(looks.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
      assert.ok(looks.every(({ pairs: at }, index) => index === 0 || at > (looks[index - 1]?.pairs ?? 0)));
    }),
  );
  for (const wrong of [0, 4, 161, 12.5, NaN]) assert.throws(() => planLooks(wrong), RangeError);
});

test('exit codes: 4 only for a fail, 5 for what is no answer, and for inconclusive when strict', () => {
  const decision = decide({});
  const code = (outcome: PairedDecision['outcome'], strict = false): number =>
    pairedExitCode({ decision: { ...decision, outcome }, settings: { strict } });
  assert.deepEqual(
    [
      code('pass'),
      code('fail'),
      code('inconclusive'),
      code('inconclusive', true),
      code('no data'),
      code('unfit'),
    ],
    [0, 4, 0, 5, 5, 5],
  );
  assert.equal(pairedExitCode({ decision: null, settings: { strict: false } }), 5);
});

test('the same run gives the same decision, and JSON holds all of it', () => {
  const run = simulateRun({ seed: 9, noise: noises.bursts, spread: 0.05, subjects: 2 });
  const decision = decideInTurn(run);
  assert.deepEqual(decideInTurn(run), decision);
  assert.deepEqual(JSON.parse(JSON.stringify(decision)), decision);
});
