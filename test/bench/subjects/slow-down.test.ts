import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BusyWait } from '../../../src/bench/subjects/busy-wait.ts';
import type { Operation } from '../../../src/bench/subjects/driver.ts';
import { slowDown } from '../../../src/bench/subjects/slow-down.ts';
import type { SlowDownOptions } from '../../../src/bench/subjects/slow-down.ts';

interface Processor {
  ns: number;
  readonly time: Pick<SlowDownOptions, 'now' | 'createWait'>;
}

/** It does one thing at a time: its clock moves by what is worked, a turn of a wait being a nanosecond. */
function createProcessor(): Processor {
  const createWait = (): BusyWait => {
    let turns = 0;
    return {
      set: (value) => void (turns = value),
      pause: (index) => ((processor.ns += turns), index),
      turnNs: () => 1,
    };
  };
  const processor: Processor = { ns: 0, time: { now: () => processor.ns, createWait } };
  return processor;
}

const warmupCalls = 300_000;

/** Nanoseconds a call, of so many one after the other. */
function gapOf(processor: Processor, run: Operation, calls: number): number {
  const startNs = processor.ns;
  for (let call = 0; call < calls; call++) run(call);
  return (processor.ns - startNs) / calls;
}

/** Callers that each work for `workNs` and then wait for `awaitedNs`, with others at work meanwhile. */
function gapOfCallers(
  processor: Processor,
  run: Operation,
  { calls, concurrency, awaitedNs }: { calls: number; concurrency: number; awaitedNs: number },
): number {
  const readyNs = new Float64Array(concurrency).fill(processor.ns);
  const startNs = processor.ns;
  for (let call = 0; call < calls; call++) {
    const caller = call % concurrency;
    processor.ns = Math.max(processor.ns, readyNs[caller] ?? 0);
    run(call);
    readyNs[caller] = processor.ns + awaitedNs;
  }
  return (processor.ns - startNs) / calls;
}

const shares = fc.constantFrom(0.05, 0.1);
const near = (actual: number, wanted: number, points: number): void =>
  assert.ok(Math.abs(actual - wanted) <= points / 100, `${actual} is not ${wanted}`);

describe('slowDown', () => {
  test('makes operations of nanoseconds and of milliseconds longer by their share, within a point', () => {
    fc.assert(
      fc.property(shares, fc.double({ min: 1, max: 6.5, noNaN: true }), (share, exponent) => {
        const workNs = 10 ** exponent;
        const processor = createProcessor();
        const subject = { operations: { run: () => void (processor.ns += workNs) } };
        const slowed = slowDown(subject, { share, concurrency: 1, ...processor.time });
        const { run } = slowed.subject.operations;
        assert.ok(run !== undefined);
        gapOf(processor, run, workNs > 1e5 ? 200 : warmupCalls);
        slowed.measuring();
        near(gapOf(processor, run, 1000) / workNs - 1, share, 0.1);
      }),
      { numRuns: 60 },
    );
  });

  test('what the callers stand still between slices, until the core is calm, does not count', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 50 }), (share, waits) => {
        const processor = createProcessor();
        const subject = { operations: { run: () => void (processor.ns += 1000) } };
        const slowed = slowDown(subject, { share, concurrency: 1, ...processor.time });
        const { run } = slowed.subject.operations;
        assert.ok(run !== undefined);
        for (let slice = 0; slice < 300; slice++) {
          gapOf(processor, run, 750);
          if (slice % 50 >= waits) continue;
          processor.ns += 5e6;
          slowed.stoodStill(5e6);
        }
        slowed.measuring();
        near(gapOf(processor, run, 1000) / 1000 - 1, share, 0.1);
      }),
      { numRuns: 60 },
    );
  });

  test('what callers wait for each other does not count as time of the operation', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 400 }), (share, concurrency) => {
        const processor = createProcessor();
        const subject = { operations: { run: () => void (processor.ns += 1000) } };
        const slowed = slowDown(subject, { share, concurrency, ...processor.time });
        const { run } = slowed.subject.operations;
        assert.ok(run !== undefined);
        gapOfCallers(processor, run, { calls: 100_000, concurrency, awaitedNs: 0 });
        slowed.measuring();
        const callers = { calls: 4 * concurrency, concurrency, awaitedNs: 0 };
        near(gapOfCallers(processor, run, callers) / 1000 - 1, share, 0.1);
      }),
      { numRuns: 30 },
    );
  });

  test('operations that mostly wait get longer by their share too, as long as the processor can do that', () => {
    for (const share of [0.05, 0.1]) {
      for (let concurrency = 1; concurrency <= 8; concurrency++) {
        const processor = createProcessor();
        const subject = { operations: { run: () => void (processor.ns += 100) } };
        const slowed = slowDown(subject, { share, concurrency, ...processor.time });
        const { run } = slowed.subject.operations;
        assert.ok(run !== undefined);
        const callers = { concurrency, awaitedNs: 100_000 };
        gapOfCallers(processor, run, { ...callers, calls: 20_000 });
        slowed.measuring();
        const gapNs = gapOfCallers(processor, run, { ...callers, calls: 1000 * concurrency });
        near((gapNs * concurrency) / 100_100 - 1, share, 1);
      }
    }
  });

  test('counts how fast operations are at the end of the warm-up, not at its start', () => {
    const processor = createProcessor();
    let calls = 0;
    const subject = { operations: { run: () => void (processor.ns += calls++ < 40_000 ? 5000 : 1000) } };
    const slowed = slowDown(subject, { share: 0.1, concurrency: 1, ...processor.time });
    const { run } = slowed.subject.operations;
    assert.ok(run !== undefined);
    gapOf(processor, run, 150_000);
    slowed.measuring();
    near(gapOf(processor, run, 1000) / 1000 - 1, 0.1, 0.1);
  });

  test('each operation of a mix gets longer by a share of its own time', () => {
    const processor = createProcessor();
    const subject = {
      operations: {
        quick: () => void (processor.ns += 1000),
        slow: () => void (processor.ns += 10_000),
        never: () => undefined,
      },
    };
    const slowed = slowDown(subject, { share: 0.1, concurrency: 1, ...processor.time });
    const { quick, slow } = slowed.subject.operations;
    assert.ok(quick !== undefined && slow !== undefined);
    gapOf(processor, (index) => (index % 10 === 0 ? slow(index) : quick(index)), 100_000);
    slowed.measuring();
    near(gapOf(processor, quick, 100) / 1000 - 1, 0.1, 0.5);
    near(gapOf(processor, slow, 100) / 10_000 - 1, 0.1, 0.5);
  });

  test('a share of 0 waits in the warm-up, and no more after it', () => {
    const processor = createProcessor();
    const subject = { operations: { run: () => void (processor.ns += 1000) } };
    const slowed = slowDown(subject, { share: 0, concurrency: 1, ...processor.time });
    const { run } = slowed.subject.operations;
    assert.ok(run !== undefined);
    assert.ok(gapOf(processor, run, warmupCalls) > 1100);
    slowed.measuring();
    assert.equal(gapOf(processor, run, 1000), 1000);
  });

  test('a warm-up of too few calls is told, where something is to be slowed down', () => {
    const processor = createProcessor();
    const subject = { operations: { run: () => void (processor.ns += 1000) } };
    const slowed = slowDown(subject, { share: 0.1, concurrency: 1, ...processor.time });
    slowed.subject.operations['run']?.(0);
    assert.throws(() => slowed.measuring(), { code: 'scenario', message: /warm-up was too short/ });
    assert.doesNotThrow(() => slowDown(subject, { share: 0, concurrency: 1, ...processor.time }).measuring());
  });

  test('gives the results of the operations, also of those that fail and those that are awaited', async () => {
    const subject = {
      operations: {
        twice: (index: number) => index * 2,
        later: (index: number) => Promise.resolve(index * 3),
        never: () => {
          throw new RangeError('no');
        },
      },
    };
    const { operations } = slowDown(subject, { share: 0.1, concurrency: 2 }).subject;
    for (let call = 0; call < 200; call++) {
      assert.equal(operations['twice']?.(call), 2 * call);
      assert.equal(await operations['later']?.(call), 3 * call);
    }
    assert.throws(() => operations['never']?.(0), /no/);
  });

  test('refuses a subject with a clock of its own', () => {
    const clock = { now: () => 0, advanceTo: () => undefined };
    assert.throws(() => slowDown({ operations: {}, clock }, { share: 0.1, concurrency: 1 }), {
      code: 'scenario',
      message: /clock of its own cannot be slowed down/,
    });
  });
});
