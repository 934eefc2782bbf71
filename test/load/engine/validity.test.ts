import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeValidity } from '../../../src/load/engine/validity.ts';
import type { Evidence, PhaseEvidence } from '../../../src/load/engine/evidence.ts';

const sound: PhaseEvidence = {
  name: 'steady',
  model: 'open',
  measured: true,
  durationNs: 10e9,
  totals: { arrivals: 10_000, ok: 10_000, errors: 0, dropped: 0, cut: 0 },
  intended: 10_000,
  started: 10_000,
  lagP50Ns: 1e3,
  lagP99Ns: 20e3,
  responseP50Ns: 5e6,
  responseP99Ns: 20e6,
  cpu: 0.99,
  seconds: 10,
  blockedSeconds: 0,
  maxLoopDelayNs: 1e6,
  awake: false,
};

function judge(
  phase: Partial<PhaseEvidence> = {},
  rest: Partial<Evidence> = {},
  generator = { workers: 1, cores: 4 },
): { state: string; reasons: string } {
  const evidence: Evidence = {
    pacing: 'precise',
    phases: [{ ...sound, ...phase }],
    errors: {},
    maxTickLateNs: 1e6,
    maxClockStepNs: 1e6,
    ...rest,
  };
  const { state, reasons } = judgeValidity(evidence, generator);
  return { state, reasons: reasons.join('\n') };
}

const cases: readonly [string, Partial<PhaseEvidence>, Partial<Evidence>, string, RegExp][] = [
  ['a punctual generator', {}, {}, 'valid', /^$/],
  ['spinning, which takes the whole core', { cpu: 1 }, {}, 'valid', /^$/],
  ['lateness that a slow server dwarfs', { lagP99Ns: 3e6 }, {}, 'valid', /^$/],
  [
    'lateness of some microseconds before a fast server',
    { lagP50Ns: 30e3, lagP99Ns: 900e3, responseP50Ns: 40e3, responseP99Ns: 1e6 },
    {},
    'valid',
    /^$/,
  ],
  [
    'lateness that is a small part of the tail',
    { lagP99Ns: 3e6, responseP50Ns: 1e6, responseP99Ns: 8e6 },
    {},
    'valid',
    /^$/,
  ],
  [
    'lateness that is most of the tail',
    { lagP99Ns: 3e6, responseP50Ns: 1e6, responseP99Ns: 4e6 },
    {},
    'suspect',
    /generator itself was late.*3\.00ms.*--workers/,
  ],
  [
    'the coarseness of timers',
    { lagP50Ns: 0.6e6, lagP99Ns: 1.2e6, responseP50Ns: 1e6, cpu: 0.2 },
    { pacing: 'eco' },
    'suspect',
    /pacing: precise/,
  ],
  ['a schedule it could not follow', { lagP99Ns: 400e6 }, {}, 'invalid', /could not follow/],
  ['a few arrivals too late', { started: 9_800 }, {}, 'suspect', /98\.0%/],
  ['many arrivals too late', { started: 5_000 }, {}, 'invalid', /50\.0%/],
  [
    'dropped arrivals',
    { totals: { ...sound.totals, ok: 9_000, dropped: 1_000 } },
    {},
    'suspect',
    /10\.0%.*dropped/,
  ],
  ['a few dropped arrivals', { totals: { ...sound.totals, ok: 9_999, dropped: 1 } }, {}, 'valid', /^$/],
  ['a saturated core with timers', { cpu: 0.98 }, { pacing: 'eco' }, 'suspect', /was the limit/],
  ['a saturated core in a closed model', { model: 'closed', cpu: 0.98 }, {}, 'suspect', /was the limit/],
  ['a closed model with time left', { model: 'closed', cpu: 0.6 }, {}, 'valid', /^$/],
  [
    'lag in a closed model, which has no schedule',
    { model: 'closed', cpu: 0.1, lagP99Ns: 1e9, intended: 0, started: 0 },
    {},
    'valid',
    /^$/,
  ],
  [
    'one blocked second',
    { blockedSeconds: 1, maxLoopDelayNs: 80e6 },
    {},
    'suspect',
    /blocked for up to 80\.0ms/,
  ],
  ['a blocked event loop', { blockedSeconds: 6, maxLoopDelayNs: 80e6 }, {}, 'invalid', /6 of 10/],
  ['no file descriptors left', {}, { errors: { file_descriptors: 1 } }, 'invalid', /ulimit/],
  ['no ports left', {}, { errors: { address_unavailable: 1 } }, 'invalid', /ports/],
  ['failures of the server', {}, { errors: { reset: 100 } }, 'valid', /^$/],
  ['a process that stood still', {}, { maxTickLateNs: 3e9 }, 'invalid', /stood still/],
  ['a wall clock that jumped', {}, { maxClockStepNs: 3600e9 }, 'suspect', /wall clock/],
  ['trouble in the warm-up only', { measured: false, lagP99Ns: 1e9, started: 0 }, {}, 'valid', /^$/],
];

test('more threads are advised only where there are cores for them', () => {
  const short: readonly (readonly [Partial<PhaseEvidence>, Partial<Evidence>])[] = [
    [{ lagP99Ns: 400e6 }, {}],
    [{ lagP99Ns: 3e6, responseP50Ns: 1e6, responseP99Ns: 4e6 }, {}],
    [{ model: 'closed', cpu: 0.98 }, {}],
    [{ cpu: 0.98 }, { pacing: 'eco' }],
  ];
  for (const [phase, rest] of short) {
    assert.match(judge(phase, rest, { workers: 3, cores: 4 }).reasons, /--workers/);
    const full = judge(phase, rest, { workers: 4, cores: 4 }).reasons;
    assert.doesNotMatch(full, /--workers/);
    assert.match(full, /all 4 cores generate load already, so this machine is the limit/);
    assert.match(
      judge(phase, rest, { workers: 1, cores: 1 }).reasons,
      /the only core generates load already/,
    );
  }
});

test('judges the generator by its own evidence', async (t) => {
  for (const [name, phase, rest, state, reasons] of cases) {
    await t.test(name, () => {
      const judged = judge(phase, rest);
      assert.equal(judged.state, state);
      assert.match(judged.reasons, reasons);
    });
  }
});
