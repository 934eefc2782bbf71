import { normalCdf, normalQuantile } from './normal.ts';

/**
 * The bias-corrected and accelerated bootstrap interval (Efron, JASA 82, 1987; Efron and Tibshirani 1993, chapter 14).
 * Built from the estimate, its bootstrap replicates and its values with one observation left out.
 */
export interface BcaDistribution {
  readonly interval: (confidence: number) => readonly [number, number];
  /** How much of the confidence distribution lies at `value` or below: small when the truth lies above it. */
  readonly below: (value: number) => number;
  /** No replicate lies on this side of `value`: `below` is then only known to be very small, or very near 1. */
  readonly beyond: (value: number) => boolean;
}

/** `replicates` are sorted in place. Throws RangeError without any. */
export function bcaDistribution(
  estimate: number,
  replicates: Float64Array,
  leftOut: readonly (readonly number[])[],
): BcaDistribution {
  if (replicates.length === 0) throw new RangeError('Expected `replicates` to hold values, got none');
  replicates.sort();
  const n = replicates.length;
  const bias = normalQuantile(clamp(shareBelow(replicates, estimate), n));
  const skew = accelerationOf(leftOut);
  const quantileAt = (p: number): number => {
    const z = bias + normalQuantile(p);
    const at = normalCdf(bias + z / (1 - skew * z));
    return replicates[Math.min(n - 1, Math.max(0, Math.floor(at * (n + 1)) - 1))] ?? estimate;
  };
  return {
    interval: (confidence) => [quantileAt((1 - confidence) / 2), quantileAt((1 + confidence) / 2)],
    // `quantileAt` turned around; a share of none or all of the replicates is only known to be less than one of them
    below: (value) => {
      const w = normalQuantile(clamp(shareBelow(replicates, value), n)) - bias;
      return normalCdf(w / (1 + skew * w) - bias);
    },
    beyond: (value) => value < (replicates[0] ?? value) || value > (replicates[n - 1] ?? value),
  };
}

/** Acceleration from values with one observation left out; each list is one independent sample's. */
function accelerationOf(leftOut: readonly (readonly number[])[]): number {
  let cubes = 0;
  let squares = 0;
  for (const values of leftOut) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    // with samples of different sizes each has its own scale: (n - 1) (mean - value) / n (Efron and Tibshirani, 14.6)
    for (const value of values) {
      const influence = ((mean - value) * (values.length - 1)) / values.length;
      cubes += influence ** 3;
      squares += influence ** 2;
    }
  }
  const skew = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  // an influence that is not finite (a statistic without a value) says nothing of the skewness
  return Number.isFinite(skew) ? Math.max(-0.2, Math.min(0.2, skew)) : 0;
}

function shareBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let equal = 0;
  for (const one of sorted) {
    if (one < value) low++;
    else if (one === value) equal++;
    else break;
  }
  return (low + equal / 2) / sorted.length;
}

function clamp(share: number, n: number): number {
  return Math.min(n / (n + 1), Math.max(1 / (n + 1), share));
}
