import { callable, positiveInteger } from '../internal/option-checks.ts';

export interface ClusteredVectorsOptions {
  readonly count: number;
  readonly dimensions: number;
  /** How many centres the vectors gather around. */
  readonly clusters: number;
  /** Standard deviation of a vector's numbers around its centre's, which have 1. @default 0.5 */
  readonly spread?: number;
  /** Numbers in [0, 1): a seeded generator gives the same vectors again. */
  readonly random: () => number;
}

/**
 * Vectors of length 1 around random centres, as embeddings of documents on a few topics are: `count` after each other.
 * Centres and vectors are normally distributed in every dimension.
 */
export function createClusteredVectors(options: ClusteredVectorsOptions): Float32Array {
  const count = positiveInteger('count', options.count);
  const dimensions = positiveInteger('dimensions', options.dimensions);
  const clusters = positiveInteger('clusters', options.clusters);
  const random = callable('random', options.random);
  const { spread = 0.5 } = options;
  const centres = Float64Array.from({ length: clusters * dimensions }, () => normal(random));
  const vectors = new Float32Array(count * dimensions);
  for (let index = 0; index < count; index++) {
    const centre = Math.floor(random() * clusters) * dimensions;
    const start = index * dimensions;
    let squares = 0;
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const value = centres[centre + dimension]! + spread * normal(random);
      vectors[start + dimension] = value;
      squares += value * value;
    }
    const norm = Math.sqrt(squares);
    for (let dimension = 0; dimension < dimensions; dimension++) vectors[start + dimension]! /= norm;
  }
  return vectors;
}

/** Box and Muller (1958); 1 - random() because the logarithm of 0 is none. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
