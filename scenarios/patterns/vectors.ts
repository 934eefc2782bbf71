import { createClusteredVectors, createVectorIndex, quantize, recallAtK } from 'perfkit/vector';
import { numberOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';

const dimensions = 384;
const clusters = 100;
const queries = 64;

/** Nearest neighbours among 384-dimensional vectors kept as small integers. Option: bits (8, 16). */
export function createVectors(
  options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): ScenarioSubject {
  const bits = numberOption(options, 'bits', 8) === 16 ? 16 : 8;
  const count = workload.keys;
  const vectors = createClusteredVectors({ count, dimensions, clusters, random: () => random.next() });
  const quantized = quantize(vectors, { dimensions, bits });
  const index = createVectorIndex(quantized);
  const vectorOf = (at: number): Float32Array => vectors.subarray(at * dimensions, (at + 1) * dimensions);
  return {
    operations: { search: (call) => index.search(vectorOf((call * 7_919) % count), 10) },
    metrics: () => ({
      saved: quantized.report.saved,
      recall: recallAtK(vectors, index, {
        dimensions,
        queries: Array.from({ length: queries }, () => random.int(count)),
      }),
      max_error: quantized.report.maxError,
    }),
  };
}
