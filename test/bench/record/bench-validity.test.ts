import { test } from 'node:test';
import assert from 'node:assert/strict';
import { judgeRounds } from '../../../src/bench/record/bench-validity.ts';
import type { MeasuredRound } from '../../../src/bench/record/bench-validity.ts';
import type { RoundEvidence } from '../../../src/bench/rounds/round-result.ts';
import { driver } from '../plan-for.ts';

function rounds(...evidence: readonly Partial<RoundEvidence>[]): MeasuredRound[] {
  return evidence.map((part, index) => ({
    task: { subject: driver('cache'), concurrency: 1, round: index + 1 },
    evidence: { complete: true, deadCode: null, callsPerSecond: 1_000, cpuShare: 1, core: null, ...part },
  }));
}

test('even rounds with a core of their own are valid', () => {
  assert.deepEqual(judgeRounds(rounds({}, { callsPerSecond: 1_100 }, { cpuShare: null })), {
    state: 'valid',
    reasons: [],
  });
  assert.deepEqual(judgeRounds([]), { state: 'valid', reasons: [] });
});

test('dead code in half of the rounds is named with its subject, in fewer it may be chance', () => {
  const found = judgeRounds(rounds({ deadCode: 'it does nothing' }, {}));
  assert.equal(found.state, 'suspect');
  assert.match(
    found.reasons[0] ?? '',
    /^cache: the compiler seems to have optimised the operation away: it does nothing/,
  );
  assert.equal(judgeRounds(rounds({ deadCode: 'x' }, {}, {})).state, 'valid');
});

test('uneven rounds and a shared core make it suspect', () => {
  assert.match(
    judgeRounds(rounds({ callsPerSecond: 100 }, { callsPerSecond: 300 })).reasons[0] ?? '',
    /3\.0 times as fast/,
  );
  assert.match(
    judgeRounds(rounds({ callsPerSecond: 0 }, {})).reasons[0] ?? '',
    /some rounds completed nothing/,
  );
  assert.match(judgeRounds(rounds({}, { cpuShare: 0.4 })).reasons[0] ?? '', /only 40 % of a core/);
});

test('a core that something else slowed is told, over all subjects, and makes nothing suspect', () => {
  const core = (meanNs: number) => ({ core: { readings: 50, fastestNs: 10_000, meanNs, waitedNs: 0 } });
  const calm = rounds(core(10_300), core(11_400));
  assert.deepEqual(judgeRounds(calm), { state: 'valid', reasons: [] });
  const slowed = judgeRounds(rounds(core(10_300), core(13_000), core(15_000)));
  assert.equal(slowed.state, 'valid');
  assert.deepEqual(slowed.notes, [
    'something else slowed the core by 30 to 50 % in 2 of 3 rounds: the absolute values are too slow; run it again, or compare two versions side by side with --base',
  ]);
});

test('a round that was cut short is not compared', () => {
  assert.equal(judgeRounds(rounds({}, { complete: false, callsPerSecond: 10 })).state, 'valid');
});
