import type { Random } from '../../measure/random.ts';

export type LatencyShape =
  | { readonly kind: 'fixed'; readonly valueNs: number }
  | { readonly kind: 'uniform'; readonly lowNs: number; readonly highNs: number }
  | {
      readonly kind: 'two-point';
      readonly lowNs: number;
      readonly highNs: number;
      readonly highShare: number;
    }
  | { readonly kind: 'exponential'; readonly meanNs: number }
  | { readonly kind: 'list'; readonly valuesNs: readonly number[] };

/**
 * Latencies of a known distribution, in whole nanoseconds, at least 1. They are its quantiles at the points of a van
 * der Corput sequence (base 2; J. G. van der Corput 1935) turned by a seeded amount: after n of them the share below
 * any value is right to about log2(n) / n, so the percentiles of even a short run are those of the distribution.
 */
export function createLatencies(shape: LatencyShape, random: Random): () => number {
  if (shape.kind === 'list') {
    let next = 0;
    return () => shape.valuesNs[next++ % shape.valuesNs.length] ?? 1;
  }
  const turnedBy = random.next();
  let index = 0;
  return () => {
    const point = vanDerCorput(index++) + turnedBy;
    return Math.max(Math.round(quantile(shape, point < 1 ? point : point - 1)), 1);
  };
}

/** The value that a share `p` (0 to below 1) of the operations stay below. */
function quantile(shape: Exclude<LatencyShape, { kind: 'list' }>, p: number): number {
  switch (shape.kind) {
    case 'fixed':
      return shape.valueNs;
    case 'uniform':
      return shape.lowNs + p * (shape.highNs - shape.lowNs);
    case 'two-point':
      return p < 1 - shape.highShare ? shape.lowNs : shape.highNs;
    case 'exponential':
      return -shape.meanNs * Math.log1p(-p);
  }
}

/** The binary digits of the index mirrored at the point: 0, 1/2, 1/4, 3/4, 1/8, ... */
function vanDerCorput(index: number): number {
  let value = 0;
  let digit = 0.5;
  for (let rest = index; rest > 0; rest >>>= 1) {
    if ((rest & 1) === 1) value += digit;
    digit /= 2;
  }
  return value;
}
