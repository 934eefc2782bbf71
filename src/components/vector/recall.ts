import { expected, positiveInteger } from '../internal/option-checks.ts';
import type { Metric } from './quantized-vectors.ts';
import { TopK } from './top-k.ts';
import type { VectorIndex } from './vector-index.ts';

export interface RecallOptions {
  readonly dimensions: number;
  /** Which of the vectors are the queries; each is left out of its own neighbours. */
  readonly queries: readonly number[];
  /** @default 10 */
  readonly k?: number;
  /** @default 'cosine' */
  readonly metric?: Metric;
}

/**
 * Recall@k: of the k true nearest neighbours of each query, by comparing the original vectors, the share that `index`
 * also finds, 0 to 1, the mean over the queries. O(queries * count * dimensions).
 */
export function recallAtK(vectors: Float32Array, index: VectorIndex, options: RecallOptions): number {
  const { dimensions, queries, metric = 'cosine' } = options;
  const k = positiveInteger('k', options.k ?? 10);
  if (queries.length === 0) throw new RangeError(expected('queries', 'at least one', queries));
  let found = 0;
  let wanted = 0;
  for (const query of queries) {
    const vector = vectors.subarray(query * dimensions, (query + 1) * dimensions);
    const truth = nearest(vectors, vector, query, k, metric);
    const neighbours = index.search(vector, k + 1, metric).filter((one) => one.index !== query);
    const answer = new Set(neighbours.slice(0, k).map((one) => one.index));
    wanted += truth.length;
    found += truth.filter((one) => answer.has(one)).length;
  }
  return wanted === 0 ? 1 : found / wanted;
}

function nearest(
  vectors: Float32Array,
  query: Float32Array,
  self: number,
  k: number,
  metric: Metric,
): readonly number[] {
  const dimensions = query.length;
  const count = vectors.length / dimensions;
  const top = new TopK(Math.min(k, count - 1));
  for (let index = 0; index < count; index++) {
    if (index !== self) top.offer(index, likeness(vectors, index * dimensions, query, metric));
  }
  return top.sorted().map(({ index }) => index);
}

function likeness(vectors: Float32Array, start: number, query: Float32Array, metric: Metric): number {
  let dot = 0;
  let squaredNorm = 0;
  for (let dimension = 0; dimension < query.length; dimension++) {
    const value = vectors[start + dimension]!;
    dot += value * query[dimension]!;
    squaredNorm += value * value;
  }
  if (metric === 'dot') return dot;
  // The query's own norm changes no order.
  return metric === 'l2' ? 2 * dot - squaredNorm : dot / (Math.sqrt(squaredNorm) || 1);
}
