import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sampleClosed } from '../../../src/bench/samplers/closed-sampler.ts';
import type { Operation, VirtualClock } from '../../../src/bench/subjects/driver.ts';
import { loadLoops } from '../../../src/bench/samplers/load-loops.ts';
import { sampleOpen } from '../../../src/bench/samplers/open-sampler.ts';
import { RoundRecorder } from '../../../src/bench/record/recorder.ts';
import type { SamplerSetup } from '../../../src/bench/samplers/sampler.ts';

function createClock(): VirtualClock {
  let timeNs = 0;
  return {
    now: () => timeNs,
    advanceTo(ns) {
      timeNs = Math.max(timeNs, ns);
    },
  };
}

async function setUp(
  operation: (clock: VirtualClock) => Operation,
  parts: Partial<SamplerSetup> = {},
): Promise<SamplerSetup> {
  const clock = createClock();
  return {
    schedule: { names: ['run'], operations: [operation(clock)], choice: new Uint8Array(1) },
    loops: await loadLoops(),
    recorder: new RoundRecorder(['run'], false),
    warmupNs: 0,
    forNs: 1e9,
    concurrency: 1,
    ratePerSecond: 1_000,
    now: clock.now,
    virtualClock: clock,
    clockCostNs: 0,
    signal: new AbortController().signal,
    onMeasuring: async () => undefined,
    ...parts,
  };
}

test('an operation starts whenever one is due, however many are in flight', async () => {
  let inFlight = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  let started = 0;
  const setup = await setUp(() => async () => {
    most = Math.max(most, ++inFlight);
    // Everything waits for the last arrival.
    if (++started >= 1_000) gate.resolve();
    await gate.promise;
    inFlight--;
  });
  await sampleOpen(setup);
  assert.ok(most >= 1_000, `${most} in flight`);
  assert.equal(inFlight, 0);
  const responses = setup.recorder.responses[0];
  assert.equal(responses?.count, started);
  // The first was due at 0 and ended with the last, due at 999 ms.
  assert.ok(responses && responses.max >= 0.999e9 && responses.max <= 1.002e9, `${responses?.max}`);
  setup.recorder.destroy();
});

test('the warm-up is not counted, also when its operations end later', async () => {
  const release: (() => void)[] = [];
  let measuring = false;
  const operation: Operation = () => (measuring ? 1 : new Promise<void>((resolve) => release.push(resolve)));
  const setup = await setUp(() => operation, {
    warmupNs: 0.5e9,
    onMeasuring: async () => {
      measuring = true;
      setImmediate(() => release.forEach((resolve) => resolve()));
    },
  });
  await sampleOpen(setup);
  assert.ok(release.length >= 499);
  const counted = setup.recorder.durations[0]?.count ?? 0;
  assert.ok(Math.abs(counted - 1_000) <= 15, `${counted} of 1000 due in the measured second`);
  setup.recorder.destroy();
});

test('rejections are counted and are not durations', async () => {
  const setup = await setUp(() => async (index) => {
    if (index % 4 === 0) throw new RangeError('a quarter');
  });
  await sampleOpen(setup);
  const ok = setup.recorder.durations[0]?.count ?? 0;
  assert.ok(Math.abs(setup.recorder.errors.total / (ok + setup.recorder.errors.total) - 0.25) < 0.01);
  const errors = setup.recorder.counterSlices().find(({ metric }) => metric === 'errors');
  assert.equal(errors?.of, ok + setup.recorder.errors.total);
  setup.recorder.destroy();
});

test('operations in flight at an abort are censored on both clocks', async () => {
  const abort = new AbortController();
  let started = 0;
  const operation: Operation = () => {
    if (++started === 100) abort.abort();
    return new Promise(() => undefined);
  };
  const setup = await setUp(() => operation, { signal: abort.signal });
  await sampleOpen(setup);
  const censored = setup.recorder
    .histogramSlices(null)
    .map(({ metric, censored: cut }) => [metric, cut.length > 0]);
  assert.deepEqual(censored, [
    ['op_duration', true],
    ['response_time', true],
  ]);
  setup.recorder.destroy();
});

test('a closed round of promises on a clock of its own is refused', async () => {
  const setup = await setUp(() => async () => 1);
  await assert.rejects(
    sampleClosed(setup),
    /a subject with a clock of its own must have synchronous operations/,
  );
  setup.recorder.destroy();
});
