import { medianOf } from '../../measure/statistics/median.ts';
import type { Clock } from '../../measure/clock.ts';
import { isThenable } from '../samplers/thenable.ts';
import type { Operation } from './driver.ts';

/** Which of a subject's operations take how long, from a few timed calls amid the others. */
export interface OwnTimes {
  /** Carry out a call of the operation with this number. */
  readonly call: (id: number, operation: Operation, index: number) => unknown;
  /** Time of each operation over the mean of all calls; 1 for all where something is awaited, since then they wait for each other. */
  readonly weights: () => number[];
}

/** Every so many calls; a prime, so that it does not beat with anything. */
const stride = 61;
const kept = 255;

export function createOwnTimes(operations: number, now: Clock): OwnTimes {
  const calls = new Float64Array(operations);
  const timesNs = Array.from({ length: operations }, () => new Float64Array(kept));
  const timed = new Int32Array(operations);
  let untilTimed = stride;
  let awaited = false;
  const time = (id: number, operation: Operation, index: number): unknown => {
    untilTimed = stride;
    const startNs = now();
    const result = operation(index);
    const elapsedNs = now() - startNs;
    awaited ||= isThenable(result);
    timesNs[id]![timed[id]! % kept] = elapsedNs;
    timed[id] = (timed[id]! + 1) & 0xf_ff_ff_ff;
    return result;
  };
  return {
    call: (id, operation, index) => {
      // hot path
      calls[id]! += 1;
      return --untilTimed > 0 ? operation(index) : time(id, operation, index);
    },
    weights: () => {
      const clockNs = clockCostOf(now);
      const own = timesNs.map((times, id) => {
        const some = times.subarray(0, Math.min(timed[id] ?? 0, kept)).toSorted();
        return some.length === 0 ? null : Math.max(medianOf(some) - clockNs, 1);
      });
      if (awaited || own.every((one) => one === null)) return own.map(() => 1);
      const total = calls.reduce((sum, count, id) => sum + (own[id] === null ? 0 : count), 0);
      const mean = own.reduce((sum: number, ns, id) => sum + (ns ?? 0) * (calls[id] ?? 0), 0) / total;
      return own.map((ns) => (ns === null ? 1 : ns / mean));
    },
  };
}

function clockCostOf(now: Clock): number {
  let leastNs = Infinity;
  for (let reading = 0; reading < 100; reading++) {
    const startNs = now();
    leastNs = Math.min(leastNs, now() - startNs);
  }
  return leastNs;
}
