import type { Clock } from '../../measure/clock.ts';
import type { Loops } from './load-loops.ts';
import type { OnError, Results, Schedule } from './loops.ts';

/** Time of an untimed batch: long against the clock, short against a stall of the machine. */
const batchNs = 750_000;
const enoughNs = batchNs / 2;
const maxBatch = 2 ** 24;

export interface Calibration {
  /** Mean time of a call, at this stage of warm-up. */
  readonly costNs: number;
  /** Calls that take about 0.75 ms. */
  readonly batch: number;
  /** The call number to go on with. */
  readonly next: number;
}

/** Find out how long a call takes by doubling the number of calls until they take long enough to be timed. */
export function calibrate(
  loops: Loops,
  schedule: Schedule,
  start: number,
  results: Results,
  onError: OnError,
  now: Clock,
): Calibration {
  let next = start;
  for (let count = 1; ; count *= 2) {
    const startNs = now();
    loops.runBatch(schedule, next, next + count, results, onError);
    const elapsedNs = now() - startNs;
    next += count;
    if (elapsedNs >= enoughNs || count >= maxBatch) {
      const costNs = elapsedNs / count;
      return { costNs, batch: batchFor(costNs), next };
    }
  }
}

export function batchFor(costNs: number): number {
  return Math.min(Math.max(Math.round(batchNs / costNs), 1), maxBatch);
}
