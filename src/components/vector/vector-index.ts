import { expected, positiveInteger } from '../internal/option-checks.ts';
import { TopK } from './top-k.ts';
import type { Metric, QuantizedVectors } from './quantized-vectors.ts';

/** Compares vectors in their quantized form: nothing is turned back into floats. */
export interface VectorIndex {
  /** Between two of the vectors, exact for what is kept of them. O(dimensions). */
  distance(metric: Metric, first: number, second: number): number;
  /** The `k` vectors most like the query, best first, by comparing all. O(count * dimensions), k at most count. */
  search(query: Float32Array, k: number, metric?: Metric): Neighbour[];
}

export interface Neighbour {
  readonly index: number;
  /** The metric's value: a dot product, a cosine or a distance (the root of the sum of squares). */
  readonly value: number;
}

/**
 * Norms are computed once, from the rounded values (from the originals they would contradict the products), and kept
 * as 8 bytes a vector beside the quantized ones.
 */
export function createVectorIndex(vectors: QuantizedVectors): VectorIndex {
  return new QuantizedIndex(vectors);
}

const metrics: readonly Metric[] = ['dot', 'cosine', 'l2'];

class QuantizedIndex implements VectorIndex {
  readonly #vectors: QuantizedVectors;
  readonly #squaredNorms: Float64Array;

  constructor(vectors: QuantizedVectors) {
    this.#vectors = vectors;
    this.#squaredNorms = Float64Array.from({ length: vectors.count }, (_, index) => this.#dot(index, index));
  }

  distance(metric: Metric, first: number, second: number): number {
    knownMetric(metric);
    this.#known('first', first);
    this.#known('second', second);
    const dot = this.#dot(first, second);
    return fromDot(metric, dot, this.#squaredNorms[first]!, this.#squaredNorms[second]!);
  }

  search(query: Float32Array, k: number, metric: Metric = 'cosine'): Neighbour[] {
    knownMetric(metric);
    positiveInteger('k', k);
    const { count, dimensions } = this.#vectors;
    if (!(query instanceof Float32Array) || query.length !== dimensions) {
      throw new RangeError(expected('query', `a Float32Array of ${dimensions} numbers`, query));
    }
    let squaredNorm = 0;
    for (const value of query) squaredNorm += value * value;
    const top = new TopK(Math.min(k, count));
    const products = this.#products(query);
    for (let index = 0; index < count; index++) {
      const value = fromDot(metric, products[index]!, squaredNorm, this.#squaredNorms[index]!);
      top.offer(index, metric === 'l2' ? -value : value);
    }
    return top.sorted().map(({ index, score }) => ({ index, value: metric === 'l2' ? -score : score }));
  }

  /**
   * The query's product with every vector. The query takes the scales upon itself (per dimension) or they are applied
   * to the sum (per vector), so that the loop is one multiplication and one addition a number.
   */
  #products(query: Float32Array): Float64Array {
    const { count, dimensions, per, codes, scales, offsets } = this.#vectors;
    const weights = new Float64Array(dimensions);
    let constant = 0;
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const value = query[dimension]!;
      weights[dimension] = per === 'dimension' ? value * scales[dimension]! : value;
      constant += per === 'dimension' ? value * offsets[dimension]! : value;
    }
    const products = new Float64Array(count);
    for (let index = 0, at = 0; index < count; index++) {
      // hot path
      let sum = 0;
      for (let dimension = 0; dimension < dimensions; dimension++) sum += weights[dimension]! * codes[at++]!;
      products[index] =
        per === 'dimension' ? constant + sum : offsets[index]! * constant + scales[index]! * sum;
    }
    return products;
  }

  #dot(first: number, second: number): number {
    const { dimensions, per, codes, scales, offsets } = this.#vectors;
    let at = first * dimensions;
    let other = second * dimensions;
    if (per === 'dimension') {
      let sum = 0;
      for (let dimension = 0; dimension < dimensions; dimension++) {
        const scale = scales[dimension]!;
        const offset = offsets[dimension]!;
        sum += (offset + scale * codes[at++]!) * (offset + scale * codes[other++]!);
      }
      return sum;
    }
    // (o + s a) (p + t b) summed: integer sums, which are exact, and four products.
    let product = 0;
    let firstSum = 0;
    let secondSum = 0;
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const a = codes[at++]!;
      const b = codes[other++]!;
      product += a * b;
      firstSum += a;
      secondSum += b;
    }
    const [s, t, o, p] = [scales[first]!, scales[second]!, offsets[first]!, offsets[second]!];
    return dimensions * o * p + o * t * secondSum + p * s * firstSum + s * t * product;
  }

  #known(name: string, index: number): void {
    const { count } = this.#vectors;
    if (Number.isInteger(index) && index >= 0 && index < count) return;
    throw new RangeError(expected(name, `a whole number below ${count}`, index));
  }
}

function fromDot(metric: Metric, dot: number, squaredNorm: number, otherSquaredNorm: number): number {
  if (metric === 'dot') return dot;
  if (metric === 'l2') return Math.sqrt(Math.max(0, squaredNorm + otherSquaredNorm - 2 * dot));
  const norms = Math.sqrt(squaredNorm * otherSquaredNorm);
  return norms === 0 ? 0 : dot / norms;
}

function knownMetric(metric: Metric): void {
  if (!metrics.includes(metric)) {
    throw new RangeError(expected('metric', `one of ${metrics.join(', ')}`, metric));
  }
}
