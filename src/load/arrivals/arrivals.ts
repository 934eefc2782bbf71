import type { Random } from '../../measure/random.ts';
import type { PhasePlan } from '../../model/plan.ts';

/**
 * When arrivals of an open model are due: called once for each n = 0, 1, 2, ... in turn, it returns nanoseconds
 * from the phase's start, never less than before. It knows nothing of the server, so a slow one cannot slow it.
 */
export type Arrivals = (n: number) => number;

type Spacing = Extract<PhasePlan['arrivals'], { readonly model: 'open' }>['spacing'];

export const arrivalProcesses = {
  /** Evenly spaced, the first at once. */
  uniform: (ratePerSecond): Arrivals => {
    const gapNs = 1e9 / ratePerSecond;
    return (n) => n * gapNs;
  },
  /** Independent users: gaps are exponential (a Poisson process, by inversion: Devroye 1986, section V.2). */
  poisson: (ratePerSecond, random): Arrivals => {
    const gapNs = 1e9 / ratePerSecond;
    let dueNs = 0;
    return () => {
      dueNs -= Math.log(1 - random.next()) * gapNs;
      return dueNs;
    };
  },
} satisfies Record<Spacing, (ratePerSecond: number, random: Random) => Arrivals>;
