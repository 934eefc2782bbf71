/**
 * Vectors of one length, each number kept as a small integer: x is about offset + scale * code. Every number is within
 * scale / 2 of the original.
 */
export interface QuantizedVectors {
  readonly count: number;
  readonly dimensions: number;
  readonly bits: 8 | 16;
  readonly per: QuantizationScope;
  /** count * dimensions codes, a vector after the other; -127 to 127 or -32767 to 32767. */
  readonly codes: Int8Array | Int16Array;
  /** One for each vector, or one for each dimension. */
  readonly scales: Float32Array;
  readonly offsets: Float32Array;
  readonly report: QuantizationReport;
}

/** What has a scale and an offset of its own. */
export type QuantizationScope = 'vector' | 'dimension';

export interface QuantizationReport {
  /** Bytes of the original as Float32, and of codes, scales and offsets. */
  readonly originalBytes: number;
  readonly bytes: number;
  /** 1 - bytes / originalBytes. */
  readonly saved: number;
  /** Largest and mean squared difference between an original number and what is kept of it. */
  readonly maxError: number;
  readonly mse: number;
}

/** How alike two vectors are; for 'l2' less is more alike. */
export type Metric = 'dot' | 'cosine' | 'l2';
