import { nowNs } from './clock.ts';
import type { Clock } from './clock.ts';

export interface ClockCost {
  /** Time of one reading: the fastest of several runs, since whatever disturbs one only adds. */
  readonly costNs: number;
  /** Smallest step ever seen between two readings; 0 for a clock that stood still. */
  readonly resolutionNs: number;
}

const runs = 11;
const readingsPerRun = 2_000;

/** What the clock costs and how finely it counts, measured now: about 2 ms. */
export function measureClock(now: Clock = nowNs): ClockCost {
  // The first runs are interpreted; they only warm up.
  for (let run = 0; run < 3; run++) readMany(now);
  let costNs = Infinity;
  let resolutionNs = Infinity;
  for (let run = 0; run < runs; run++) {
    const { elapsedNs, smallestStepNs } = readMany(now);
    costNs = Math.min(costNs, elapsedNs / readingsPerRun);
    resolutionNs = Math.min(resolutionNs, smallestStepNs);
  }
  return { costNs, resolutionNs: Number.isFinite(resolutionNs) ? resolutionNs : 0 };
}

function readMany(now: Clock): { elapsedNs: number; smallestStepNs: number } {
  let smallestStepNs = Infinity;
  const start = now();
  let previous = start;
  for (let index = 0; index < readingsPerRun; index++) {
    const current = now();
    const step = current - previous;
    // Below a tenth of a nanosecond it is the rounding of a double, not the clock.
    if (step > 0.1 && step < smallestStepNs) smallestStepNs = step;
    previous = current;
  }
  return { elapsedNs: previous - start, smallestStepNs };
}
