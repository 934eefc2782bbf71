import { expected, positiveInteger } from '../internal/option-checks.ts';
import type { QuantizationScope, QuantizedVectors } from './quantized-vectors.ts';

export interface QuantizeOptions {
  readonly dimensions: number;
  /** 8 saves three quarters, 16 half. @default 8 */
  readonly bits?: 8 | 16;
  /**
   * 'dimension' suits embeddings, whose dimensions differ in range, and costs nothing for each vector; 'vector' suits
   * vectors of different lengths, needs none of the others and costs 8 bytes for each. @default 'dimension'
   */
  readonly per?: QuantizationScope;
}

/**
 * Scalar quantization, rounded to nearest (truncating, as some do, doubles the largest error and biases sums). Each
 * range is cut at its middle, so a code of 0 is the offset and both ends are reached. `vectors` holds a vector after
 * the other. O(numbers), two passes. Throws RangeError when it is no whole number of vectors, or a number is NaN or
 * infinite.
 */
export function quantize(vectors: Float32Array, options: QuantizeOptions): QuantizedVectors {
  const { count, dimensions, bits, per } = checked(vectors, options);
  const ranges = measureRanges(vectors, dimensions, per);
  const highest = bits === 8 ? 127 : 32_767;
  const scales = new Float32Array(ranges.low.length);
  const offsets = new Float32Array(ranges.low.length);
  for (let index = 0; index < scales.length; index++) {
    const low = ranges.low[index]!;
    const high = ranges.high[index]!;
    const offset = Math.fround(low + (high - low) / 2);
    offsets[index] = offset;
    // From the offset as it is kept: its rounding may move it off the middle.
    scales[index] = upToFloat32(Math.max(high - offset, offset - low) / highest);
  }
  const codes = bits === 8 ? new Int8Array(vectors.length) : new Int16Array(vectors.length);
  let maxError = 0;
  let squares = 0;
  for (let index = 0; index < vectors.length; index++) {
    const at = per === 'vector' ? Math.floor(index / dimensions) : index % dimensions;
    const scale = scales[at]!;
    const distance = vectors[index]! - offsets[at]!;
    const code = scale === 0 ? 0 : Math.round(distance / scale);
    codes[index] = code;
    const error = Math.abs(distance - code * scale);
    if (error > maxError) maxError = error;
    squares += error * error;
  }
  const originalBytes = vectors.byteLength;
  const bytes = codes.byteLength + scales.byteLength + offsets.byteLength;
  const saved = originalBytes === 0 ? 0 : 1 - bytes / originalBytes;
  const mse = vectors.length === 0 ? 0 : squares / vectors.length;
  const report = { originalBytes, bytes, saved, maxError, mse };
  return { count, dimensions, bits, per, codes, scales, offsets, report };
}

/** One vector again, into `out` if given. Throws RangeError on an index that is none. O(dimensions). */
export function dequantize(
  quantized: QuantizedVectors,
  index: number,
  out = new Float32Array(quantized.dimensions),
): Float32Array {
  const { count, dimensions, per, codes, scales, offsets } = quantized;
  if (!(Number.isInteger(index) && index >= 0 && index < count)) {
    throw new RangeError(expected('index', `a whole number below ${count}`, index));
  }
  if (out.length !== dimensions) {
    throw new RangeError(expected('out', `${dimensions} numbers long`, out.length));
  }
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const at = per === 'vector' ? index : dimension;
    out[dimension] = offsets[at]! + scales[at]! * codes[index * dimensions + dimension]!;
  }
  return out;
}

interface Ranges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

function measureRanges(vectors: Float32Array, dimensions: number, per: QuantizationScope): Ranges {
  const scopes = per === 'dimension' ? dimensions : vectors.length / dimensions;
  const empty = vectors.length === 0;
  const low = new Float64Array(scopes).fill(empty ? 0 : Number.POSITIVE_INFINITY);
  const high = new Float64Array(scopes).fill(empty ? 0 : Number.NEGATIVE_INFINITY);
  for (let index = 0; index < vectors.length; index++) {
    const value = vectors[index]!;
    if (!Number.isFinite(value)) {
      throw new RangeError(expected(`vectors[${index}]`, 'a finite number', value));
    }
    const at = per === 'vector' ? Math.floor(index / dimensions) : index % dimensions;
    if (value < low[at]!) low[at] = value;
    if (value > high[at]!) high[at] = value;
  }
  return { low, high };
}

/** The smallest float of 32 bits that is no smaller, so that the last code reaches the end of the range. */
function upToFloat32(value: number): number {
  const near = Math.fround(value);
  if (near >= value) return near;
  floats[0] = near;
  floatBits[0]!++;
  return floats[0];
}

const floats = new Float32Array(1);
const floatBits = new Uint32Array(floats.buffer);

function checked(
  vectors: unknown,
  options: QuantizeOptions,
): {
  readonly count: number;
  readonly dimensions: number;
  readonly bits: 8 | 16;
  readonly per: QuantizationScope;
} {
  if (!(vectors instanceof Float32Array)) {
    throw new TypeError(expected('vectors', 'a Float32Array', vectors));
  }
  const dimensions = positiveInteger('dimensions', options.dimensions);
  if (vectors.length % dimensions !== 0) {
    throw new RangeError(
      expected('vectors', `a multiple of ${dimensions} numbers (\`dimensions\`) long`, vectors.length),
    );
  }
  const { bits = 8, per = 'dimension' } = options;
  if (bits !== 8 && bits !== 16) throw new RangeError(expected('bits', '8 or 16', bits));
  if (per !== 'vector' && per !== 'dimension') {
    throw new RangeError(expected('per', "'vector' or 'dimension'", per));
  }
  return { count: vectors.length / dimensions, dimensions, bits, per };
}
