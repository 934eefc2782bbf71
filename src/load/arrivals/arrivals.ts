import { inverseArea } from '../../measure/ramp.ts';
import type { Random } from '../../measure/random.ts';
import type { PhasePlan } from '../../model/plan.ts';
import type { Ramp } from '../../measure/ramp.ts';

/**
 * When arrivals of an open model are due: called once for each n = 0, 1, 2, ... in turn, it returns nanoseconds
 * from the phase's start, never less than before, or Infinity when there are no more. It knows nothing of the server,
 * so a slow one cannot slow it.
 */
export type Arrivals = (n: number) => number;

type Spacing = Extract<PhasePlan['arrivals'], { readonly model: 'open' }>['spacing'];

export const arrivalProcesses = {
  /**
   * Evenly spaced: arrival n is due where the integral of the rate reaches n, the first one at once. A phase has as
   * many as its whole integral, rounded up: those of which the integral up to their time is less than the whole.
   */
  uniform: (ramp): Arrivals => inverseArea(ramp),
  /**
   * Independent users: a Poisson process, gaps are exponential (by inversion: Devroye 1986, section V.2). On a ramp
   * its time is rescaled by the integral of the rate (Çinlar 1975, section 4.7).
   */
  poisson: (ramp, random): Arrivals => {
    const dueAt = inverseArea(ramp);
    let area = 0;
    let dueNs = 0;
    return () => {
      // hot path: two that are less than a rounding error apart must not change places
      area -= Math.log(1 - random.next());
      dueNs = Math.max(dueNs, dueAt(area));
      return dueNs;
    };
  },
} satisfies Record<Spacing, (ramp: Ramp, random: Random) => Arrivals>;
