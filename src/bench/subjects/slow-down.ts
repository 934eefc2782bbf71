import { nowNs } from '../../measure/clock.ts';
import type { Clock } from '../../measure/clock.ts';
import { PerfkitError } from '../../model/errors.ts';
import { isThenable } from '../samplers/thenable.ts';
import { createBusyWait } from './busy-wait.ts';
import { createCallPace } from './call-pace.ts';
import type { CallPace } from './call-pace.ts';
import type { BusyWait } from './busy-wait.ts';
import type { Operation, Subject } from './driver.ts';

export interface SlowedSubject {
  readonly subject: Subject;
  /** Warm-up is over: measure the operations once more, now that they are compiled, and slow them down from here on. */
  readonly measuring: () => Promise<void>;
}

/**
 * A subject whose operations take longer by a share of the time that each takes in this very process, to find out what
 * a comparison sees of it: behind each call stands a busy wait. A share of 0 goes through the same motions and waits
 * for nothing, so that it can be compared with; null gives the subject as it is. Throws PerfkitError when the subject
 * has a clock of its own.
 */
export async function slowDown(
  subject: Subject,
  share: number | null,
  concurrency: number,
  now: Clock = nowNs,
): Promise<SlowedSubject> {
  if (share === null) return { subject, measuring: () => Promise.resolve() };
  if (subject.clock !== undefined)
    throw new PerfkitError(
      'scenario',
      'a subject with a clock of its own cannot be slowed down: choose another scenario',
    );
  const slowed = Object.entries(subject.operations).map(([name, operation]) => {
    const wait = createBusyWait();
    const pace = createCallPace(concurrency, now);
    return { name, wait, pace, run: withWait(operation, wait, pace) };
  });
  const calibrateAll = async (first: boolean): Promise<void> => {
    for (const { run, wait, pace } of slowed) {
      // Both wait while they warm up, so that neither is compiled anew when measuring starts.
      const asked = first || share === 0 ? rehearsal : share;
      const gapNs = first ? null : pace.gapNs();
      await calibrate({ run, wait, share: asked, concurrency, now, gapNs });
      if (!first && share === 0) wait.set(0);
    }
  };
  await calibrateAll(true);
  return {
    subject: { ...subject, operations: Object.fromEntries(slowed.map(({ name, run }) => [name, run])) },
    measuring: () => calibrateAll(false),
  };
}

/** What everybody waits while warming up. */
const rehearsal = 0.05;

/** The wait comes before the promise is given away, so that it is part of the operation whatever it is measured by. */
function withWait(operation: Operation, wait: BusyWait, pace: CallPace): Operation {
  const { pause } = wait;
  const { called } = pace;
  return (index) => {
    // hot path
    const result = operation(index);
    pause();
    called();
    return result;
  };
}

interface Calibration {
  readonly run: Operation;
  readonly wait: BusyWait;
  readonly share: number;
  readonly concurrency: number;
  readonly now: Clock;
  /** From call to call in the warm-up, the rehearsed wait included; null when that is not known. */
  readonly gapNs: number | null;
}

const sampleNs = 1e6;
/** Longer, since what is awaited comes in bursts. */
const awaitedSampleNs = 5e6;
const samples = 5;
const refinements = 3;
/** Below it a wait runs in part beside the operation itself, so what it adds has to be seen, not computed. */
const shortNs = 3_000;
const maxCalls = 2 ** 20;

async function calibrate({ run, wait, share, concurrency, now, gapNs }: Calibration): Promise<void> {
  wait.set(0);
  const probe = createProbe(run, concurrency, now);
  const { calls, asynchronous } = await probe.size();
  if (calls === 0) return;
  // What is awaited goes at the pace of all its callers, which only the sampler's own loop has.
  const ownNs = asynchronous && gapNs !== null ? gapNs / (1 + rehearsal) : await probe.fastest(calls);
  let turns = (share * ownNs) / wait.turnNs(now);
  wait.set(turns);
  if (asynchronous || ownNs > shortNs) return;
  for (let refinement = 0; refinement < refinements; refinement++) {
    const { without, within } = await alternate(probe, wait, turns, calls);
    const added = (within - without) / (share * without);
    turns *= Math.min(Math.max(1 / Math.max(added, 0.01), 0.25), 3);
  }
  wait.set(turns);
}

/** Nanoseconds a call with the wait and without it, in turns, the fastest of each. */
async function alternate(
  probe: Probe,
  wait: BusyWait,
  turns: number,
  calls: number,
): Promise<{ without: number; within: number }> {
  let without = Infinity;
  let within = Infinity;
  for (let sample = 0; sample < samples; sample++) {
    wait.set(0);
    without = Math.min(without, await probe.time(calls));
    wait.set(turns);
    within = Math.min(within, await probe.time(calls));
  }
  return { without, within };
}

interface Probe {
  /** How many calls take long enough to be timed; 0 when every call fails. */
  size(): Promise<{ calls: number; asynchronous: boolean }>;
  /** Nanoseconds a call. */
  time(calls: number): Promise<number>;
  fastest(calls: number): Promise<number>;
}

function createProbe(run: Operation, concurrency: number, now: Clock): Probe {
  let next = 0;
  let asynchronous = false;
  let results: unknown = null;
  const callAll = (calls: number): void => {
    for (let call = 0; call < calls; call++) results = run(next++);
  };
  // Users that each go on at once, as the sampler's do. What the first and the last calls take is left out: those are
  // not amid others, and a batch that is not full waits for its time.
  const timeAwaited = async (calls: number): Promise<number> => {
    const [from, to] = calls < 5 * concurrency ? [0, calls] : [concurrency, calls - concurrency];
    let left = calls;
    let done = 0;
    let startNs = now();
    let endNs = startNs;
    const use = async (): Promise<void> => {
      while (left-- > 0) {
        await run(next++);
        done++;
        if (done === from) startNs = now();
        if (done === to) endNs = now();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, use));
    return (endNs - startNs) / (to - from);
  };
  const time = async (calls: number): Promise<number> => {
    if (asynchronous) return await timeAwaited(calls);
    const startNs = now();
    callAll(calls);
    return (now() - startNs) / calls;
  };
  return {
    time,
    fastest: async (calls) => {
      let best = Infinity;
      for (let sample = 0; sample < samples; sample++) best = Math.min(best, await time(calls));
      return best;
    },
    size: async () => {
      try {
        callAll(1);
        asynchronous = isThenable(results);
        if (asynchronous) await results;
        for (let calls = asynchronous ? concurrency : 1; ; calls *= 2) {
          const elapsedNs = (await time(calls)) * calls;
          if (elapsedNs >= (asynchronous ? awaitedSampleNs : sampleNs) || calls >= maxCalls)
            return { calls, asynchronous };
        }
      } catch {
        // An operation that fails is told of when it is measured.
        return { calls: 0, asynchronous };
      }
    },
  };
}
