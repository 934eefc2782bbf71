import type { Clock } from '../../measure/clock.ts';
import { formatDurationNs } from '../../model/units.ts';
import { loadLoops } from './load-loops.ts';
import type { Loops } from './load-loops.ts';
import type { OnError, Results, Schedule } from './loops.ts';

/** An empty function inlines to nothing; a call that leaves anything behind takes at least half as long again. */
const noopFactor = 1.5;
/** Twice the calls take twice the time, unless most of the work was done once for all of them. */
const growthFactor = 1.5;
const repeats = 7;
const minBatch = 200_000;

export interface DeadCodeCheck {
  readonly loops: Loops;
  readonly schedule: Schedule;
  readonly start: number;
  readonly batch: number;
  readonly results: Results;
  readonly now: Clock;
  readonly onError: OnError;
}

/**
 * Why the compiled operation seems to do nothing: it is no slower than an empty function called by the same loop, or
 * its time does not grow with the number of calls (JMH samples 08 to 13 and 34). Null when it seems real. Takes about
 * 30 ms; meant for operations of a few clock readings at most, well warmed up.
 */
export async function findDeadCode(check: DeadCodeCheck): Promise<string | null> {
  const noopNs = await measureNoop(check);
  const batch = Math.max(check.batch, 64);
  let onceNs = Infinity;
  let twiceNs = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++) {
    onceNs = Math.min(onceNs, timeBatch(check, check.loops, check.schedule, batch));
    twiceNs = Math.min(twiceNs, timeBatch(check, check.loops, check.schedule, 2 * batch));
  }
  const callNs = onceNs / batch;
  if (callNs <= noopNs * noopFactor) {
    return `a call takes ${formatDurationNs(callNs)}, no more than an empty function (${formatDurationNs(noopNs)})`;
  }
  if (twiceNs < onceNs * growthFactor) {
    return `twice the calls take only ${(twiceNs / onceNs).toFixed(2)} times as long`;
  }
  return null;
}

/** Time of one call of an empty function in a fresh copy of the same loop, with as many operations to choose from. */
async function measureNoop(check: DeadCodeCheck): Promise<number> {
  const loops = await loadLoops();
  const operations = check.schedule.operations.map(() => () => undefined);
  const schedule = { ...check.schedule, operations };
  const batch = Math.max(check.batch, minBatch);
  let bestNs = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++)
    bestNs = Math.min(bestNs, timeBatch(check, loops, schedule, batch));
  return bestNs / batch;
}

function timeBatch(
  { start, results, onError, now }: DeadCodeCheck,
  loops: Loops,
  schedule: Schedule,
  batch: number,
): number {
  const startNs = now();
  loops.runBatch(schedule, start, start + batch, results, onError);
  return now() - startNs;
}
