export { createClusteredVectors } from './clustered-vectors.ts';
export type { ClusteredVectorsOptions } from './clustered-vectors.ts';
export { dequantize, quantize } from './quantize.ts';
export type { QuantizeOptions } from './quantize.ts';
export type { Metric, QuantizationReport, QuantizationScope, QuantizedVectors } from './quantized-vectors.ts';
export { recallAtK } from './recall.ts';
export type { RecallOptions } from './recall.ts';
export { createVectorIndex } from './vector-index.ts';
export type { Neighbour, VectorIndex } from './vector-index.ts';
