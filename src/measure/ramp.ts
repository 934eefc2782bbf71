import type { PhaseArrivals } from '../model/plan.ts';

/** A rate that goes in a straight line from one value to another: the simplest piece of a schedule. */
export interface Ramp {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly forNs: number;
}

/** The ramp of a phase at a rate; its two ends are the same when the rate does not change. */
export function rampOf(
  { ratePerSecond, toRatePerSecond }: Extract<PhaseArrivals, { readonly model: 'open' }>,
  forNs: number,
): Ramp {
  return { fromPerSecond: ratePerSecond, toPerSecond: toRatePerSecond ?? ratePerSecond, forNs };
}

/** Arrivals that the whole ramp has: the integral of its rate. */
export function areaOf({ fromPerSecond, toPerSecond, forNs }: Ramp): number {
  return ((fromPerSecond + toPerSecond) / 2) * (forNs / 1e9);
}

/** The rate at a time from the start of the ramp. */
export function rateAt({ fromPerSecond, toPerSecond, forNs }: Ramp, ns: number): number {
  return fromPerSecond + (toPerSecond - fromPerSecond) * Math.min(1, Math.max(0, ns / forNs));
}

/**
 * When the integral of the rate reaches `area`, in ns from the start; Infinity when it never does. The solution of
 * from * t + slope / 2 * t^2 = area in the form that subtracts nothing large, so that it is as exact for a flat ramp
 * as for a steep one, and needs no steps that would add up an error.
 */
export function inverseArea({ fromPerSecond, toPerSecond, forNs }: Ramp): (area: number) => number {
  const slope = (toPerSecond - fromPerSecond) / (forNs / 1e9);
  if (slope === 0) {
    const gapNs = 1e9 / fromPerSecond;
    return (area) => area * gapNs;
  }
  const square = fromPerSecond * fromPerSecond;
  return (area) => {
    // hot path
    if (area === 0) return 0;
    const root = square + 2 * slope * area;
    return root >= 0 ? (2e9 * area) / (fromPerSecond + Math.sqrt(root)) : Infinity;
  };
}
