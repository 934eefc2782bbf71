import { Bench } from 'tinybench';
import { collectGarbage } from '../rounds/collect-garbage.ts';
import type { Clock } from '../../measure/clock.ts';

export interface TimedPhases {
  readonly warmupNs: number;
  readonly forNs: number;
  readonly now: Clock;
  readonly signal: AbortSignal;
  /** After the warm-up, before the first measured slice. */
  readonly beforeMeasuring: () => Promise<void>;
  /** Call the subject for about a millisecond (up to some ten); gives the time that counts against the budget. */
  readonly slice: (measuring: boolean) => number | Promise<number>;
  readonly betweenSlices?: (measuring: boolean) => Promise<void> | undefined;
}

/** Of the warm-up; the rest is before the collection. */
const settlingShare = 0.4;

/**
 * Let tinybench run the loop: warm-up, then slices until the time budget is used or the signal aborts. A slice times
 * its calls itself, so tinybench gets one sample a slice and none of perfkit's figures come from its statistics.
 * What the set-up left behind is collected amid the warm-up and not at its end: a full collection also takes away what
 * V8 has learned of short-lived shapes, so that compiled code is thrown away and the next calls take two to four times
 * as long.
 */
export async function runTimedPhases({
  warmupNs,
  forNs,
  now,
  signal,
  beforeMeasuring,
  slice,
  betweenSlices,
}: TimedPhases): Promise<void> {
  let measuring = false;
  const bench = new Bench({
    time: forNs / 1e6,
    iterations: 1,
    warmup: warmupNs > 0,
    warmupTime: (warmupNs * (1 - settlingShare)) / 1e6,
    warmupIterations: 1,
    now: () => now() / 1e6,
    signal,
    throws: true,
    setup: async (_task, mode) => {
      if (mode !== 'run' || signal.aborted) return;
      collectGarbage();
      await settle();
      await beforeMeasuring();
      measuring = true;
    },
  });
  const next = async (): Promise<number> => {
    const elapsedNs = await slice(measuring);
    const waiting = betweenSlices?.(measuring);
    if (waiting !== undefined) await waiting;
    return elapsedNs;
  };
  const settle = async (): Promise<void> => {
    for (let leftNs = warmupNs * settlingShare; leftNs > 0 && !signal.aborted;) leftNs -= await next();
  };
  const iteration = async (): Promise<{ overriddenDuration: number; overriddenIterationCost: number }> => {
    const costMs = (await next()) / 1e6;
    return { overriddenDuration: costMs, overriddenIterationCost: costMs };
  };
  bench.add('round', iteration, { async: true });
  await bench.run();
}
