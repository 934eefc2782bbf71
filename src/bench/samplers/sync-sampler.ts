import { formatDurationNs } from '../../model/units.ts';
import { batchFor, calibrate } from './calibrate.ts';
import type { Calibration } from './calibrate.ts';
import { findDeadCode } from './dead-code.ts';
import { createResults } from '../rounds/results.ts';
import type { Sampler, SamplerOutcome, SamplerSetup } from './sampler.ts';
import { runTimedPhases } from './timed-phases.ts';
import { createBreather } from './turn.ts';

/** Below so many readings of the clock a call is too short to be timed on its own. */
const shortCallReadings = 20;
/** From so many on, reading the clock twice a call changes the throughput by less than 0.2 %. */
const longCallReadings = 2_000;
/** Calls timed one by one after each batch of short calls: a few microseconds in a millisecond. */
const sparseCalls = 64;
/** Call numbers stay below 2^30, where V8's small integers end on some builds. */
const wrap = 2 ** 30;

/**
 * each: every call is timed. half: batches with and without timing alternate, the throughput comes from those
 * without. sparse: the throughput comes from untimed batches, the distribution from a few timed calls between them.
 */
type Mode = 'each' | 'half' | 'sparse';

/** Calls synchronous operations one after another, on the real clock or on a virtual one. */
export const sampleSync: Sampler = async (setup) => {
  const { schedule, loops, recorder, now } = setup;
  const results = createResults();
  const onError = (error: unknown, operation: number): void => recorder.fail(error, operation);
  const breathe = createBreather();
  let calibration: Calibration = calibrate(loops, schedule, 0, results, onError, now);
  let { batch, next } = calibration;
  let mode: Mode = modeFor(calibration.costNs, setup);
  let timed = false;
  let deadCode: string | null = null;

  const untimedBatch = (): number => {
    const failed = recorder.errors.total;
    const startNs = now();
    loops.runBatch(schedule, next, next + batch, results, onError);
    const elapsedNs = now() - startNs;
    recorder.addCalls(batch - (recorder.errors.total - failed), elapsedNs);
    next += batch;
    return elapsedNs;
  };
  const timedCalls = (count: number, counts: boolean): number => {
    const failed = recorder.errors.total;
    const startNs = now();
    loops.timeEach(schedule, next, next + count, results, onError, now, recorder.durations);
    const elapsedNs = now() - startNs;
    const succeeded = count - (recorder.errors.total - failed);
    if (counts) recorder.addCalls(succeeded, elapsedNs);
    else recorder.addOtherCalls(succeeded);
    next += count;
    return elapsedNs;
  };

  await runTimedPhases({
    ...setup,
    beforeMeasuring: async () => {
      calibration = calibrate(loops, schedule, next, results, onError, now);
      ({ batch, next } = calibration);
      mode = modeFor(calibration.costNs, setup);
      if (mode === 'sparse' && setup.virtualClock === null) {
        deadCode = await findDeadCode({ loops, schedule, start: next, batch, results, now, onError });
        next += 2 * batch;
      }
      await setup.onMeasuring();
      recorder.reset();
    },
    slice: async () => {
      await breathe();
      if (next > wrap) next = 0;
      if (mode === 'each') return timedCalls(batch, true);
      timed = mode === 'half' && !timed;
      if (timed) return timedCalls(batch, false);
      const elapsedNs = untimedBatch();
      // Speed may change on the way: keep a batch near its length.
      if (elapsedNs > 2e6 || elapsedNs < 2e5) batch = batchFor(elapsedNs / batch);
      return mode === 'sparse' ? elapsedNs + timedCalls(sparseCalls, false) : elapsedNs;
    },
  });
  return { note: noteFor(mode, batch, setup), deadCode, busy: mode === 'sparse' };
};

function modeFor(costNs: number, { clockCostNs }: SamplerSetup): Mode {
  if (costNs >= longCallReadings * clockCostNs) return 'each';
  return costNs >= shortCallReadings * clockCostNs ? 'half' : 'sparse';
}

function noteFor(mode: Mode, batch: number, { clockCostNs }: SamplerSetup): SamplerOutcome['note'] {
  if (mode === 'each') return null;
  if (mode === 'half')
    return 'every second batch of calls is timed call by call; throughput comes from the others';
  const share = Math.round((batch + sparseCalls) / sparseCalls);
  const floor = formatDurationNs(clockCostNs);
  return `about 1 call in ${share} is timed, and every value includes one reading of the clock (${floor}): calls this short are better compared by throughput, which comes from untimed batches`;
}
