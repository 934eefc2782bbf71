import type { Arrivals } from './arrivals.ts';

/** One of the threads that carry out a load together: it takes what is numbered worker, worker + workers, ... */
export interface Share {
  readonly worker: number;
  readonly workers: number;
}

/** How many of `total` things fall to this thread: the first ones get one more when it does not divide. */
export function partOf(total: number, { worker, workers }: Share): number {
  if (total === Infinity) return Infinity;
  return Math.floor(total / workers) + (worker < total % workers ? 1 : 0);
}

/** This thread's arrivals of a schedule: every one is walked through, so that all threads draw the same random ones. */
export function arrivalsOfShare(arrivals: Arrivals, { worker, workers }: Share): Arrivals {
  if (workers === 1) return arrivals;
  let next = 0;
  return (n) => {
    // hot path
    const last = worker + n * workers;
    let dueNs = 0;
    for (; next <= last; next++) dueNs = arrivals(next);
    return dueNs;
  };
}
