import type { Arrivals } from './arrivals.ts';
import type { Share } from './share.ts';

export interface UserRamp {
  readonly from: number;
  readonly to: number;
  readonly forNs: number;
}

/** The number of users at a time: the line from one number to the other, rounded to the nearest. */
export function usersAt({ from, to, forNs }: UserRamp, ns: number): number {
  const steps = Math.abs(to - from);
  const done = Math.min(steps, Math.max(0, Math.floor((ns / forNs) * steps + 0.5)));
  return from + Math.sign(to - from) * done;
}

/**
 * When users of this thread join (or leave, on the way down), each one change of a ramp; Infinity after the last. The
 * changes lie where the line passes a half, so the time that all users have in a phase is the area under the line.
 * The user with the highest number joins last and leaves first.
 */
export function userChanges({ from, to, forNs }: UserRamp, { worker, workers }: Share): Arrivals {
  const steps = Math.abs(to - from);
  // number of the user that joins or leaves with the first change, and whether numbers go up from there
  const first = to > from ? from : from - 1;
  const ahead = to > from ? worker - first : first - worker;
  const offset = ((ahead % workers) + workers) % workers;
  return (n) => {
    const change = offset + n * workers;
    return change < steps ? ((change + 0.5) / steps) * forNs : Infinity;
  };
}
