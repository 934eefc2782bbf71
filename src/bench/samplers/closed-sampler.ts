import { PerfkitError } from '../../model/errors.ts';
import { formatDurationNs } from '../../model/units.ts';
import type { Sampler } from './sampler.ts';
import { runTimedPhases } from './timed-phases.ts';
import { Users } from './users.ts';

const sliceNs = 10e6;
/** After the last slice, operations in flight get so long to end. */
export const drainLimitMs = 10_000;
/** Two readings of the clock and a record, in readings. */
const readingsPerTimedCall = 2.5;
/** Timing may take this share of the time. */
const timingShare = 0.01;

/** Calls asynchronous operations, a fixed number in flight, each awaited. */
export const sampleClosed: Sampler = async (setup) => {
  const { schedule, recorder, now, concurrency, signal, clockCostNs } = setup;
  if (setup.virtualClock !== null) {
    throw new PerfkitError(
      'scenario',
      'a subject with a clock of its own must have synchronous operations, this one gave a promise',
    );
  }
  const users = new Users(schedule, recorder, now, concurrency);
  let costNs = Infinity;
  let stride = 1;
  const slice = async (): Promise<number> => {
    const { completed, elapsedNs } = await users.slice(sliceNs, signal);
    recorder.addCalls(completed, elapsedNs);
    costNs = elapsedNs / Math.max(completed, 1);
    return elapsedNs;
  };
  await runTimedPhases({
    ...setup,
    // what ends while the users stand still is not counted, nor is the time
    betweenSlices: (measuring) => setup.betweenSlices?.(measuring)?.then(() => users.mark()),
    beforeMeasuring: async () => {
      if (costNs === Infinity) await slice();
      stride = strideFor(costNs, clockCostNs);
      users.stride = stride;
      await setup.onMeasuring();
      recorder.reset();
      users.mark();
    },
    slice,
  });
  const stopNs = now();
  const late = await users.stop(drainLimitMs, signal);
  // Operations longer than the whole measurement: better a rate with its end stretched than none.
  if (recorder.calls === 0 && late > 0) recorder.addCalls(late, now() - stopNs);
  const note =
    stride === 1
      ? null
      : `1 call in ${stride} is timed: a call ends every ${formatDurationNs(costNs)}, a reading of the clock takes ${formatDurationNs(clockCostNs)}`;
  return { note, deadCode: null, busy: false };
};

/** One call in so many, such that timing takes about 1 % of the time. Odd, so that it does not beat with the mix. */
function strideFor(costNs: number, clockCostNs: number): number {
  const exact = (readingsPerTimedCall * clockCostNs) / (timingShare * costNs);
  return Math.min(Math.ceil(exact), 1_000) | 1;
}
