import { bitLength, readAdaptive, writeAdaptive } from './adaptive-integers.ts';
import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { packedBytes, readPacked, writePacked } from './packed-integers.ts';

/** Integers of a series are at most this far from 0: then the zigzag of a delta of deltas is below 2^53. */
export const largestInteger = 2 ** 50;

/**
 * A series of integers: what is left of it after the prediction that leaves least (order 0: a constant, 1: the number
 * before, 2: the line through the two before), packed or by the adaptive coder, whichever is shorter.
 *
 *     byte: order, + 4 if adaptive; varint: zigzag of the first `max(1, order)` numbers; the rest, with its length in
 *     bytes before it if adaptive
 */
export function writeSeries(values: Float64Array, out: ByteWriter): void {
  const { order, residuals } = predicted(values);
  const adaptive = new ByteWriter();
  writeAdaptive(residuals, adaptive);
  const isAdaptive = adaptive.length + 2 < packedBytes(residuals);
  out.byte(order + (isAdaptive ? 4 : 0));
  if (order === 0) out.varint(zigzag(smallest(values)));
  else for (let index = 0; index < order; index++) out.varint(zigzag(values[index]!));
  if (isAdaptive) {
    out.varint(adaptive.length);
    out.bytes(adaptive.written());
  } else writePacked(residuals, out);
}

/** About how many bits the series will take. */
export function estimatedSeriesBits(values: Float64Array): number {
  return predicted(values).bits;
}

/** `count` integers, at least one; of bytes that no writer wrote, any numbers. Throws CorruptTrajectoryError. */
export function readSeries(reader: ByteReader, count: number): Float64Array {
  const kind = reader.byte();
  const order = kind & 3;
  if (kind > 6 || order === 3 || order >= Math.max(1, count)) reader.corrupt(`a series of kind ${kind}`);
  const first = unzigzag(reader.varint());
  const second = order === 2 ? unzigzag(reader.varint()) : 0;
  const rest = count - order;
  const residuals = kind >= 4 ? readAdaptive(reader.bytes(reader.varint()), rest) : readPacked(reader, rest);
  return undo(residuals, order, first, second);
}

interface Prediction {
  readonly order: number;
  readonly residuals: Float64Array;
  readonly bits: number;
}

function predicted(values: Float64Array): Prediction {
  let best: Prediction = { order: 0, residuals: new Float64Array(0), bits: Number.POSITIVE_INFINITY };
  for (let order = 0; order <= Math.min(2, values.length - 1); order++) {
    const residuals = residualsOf(values, order);
    const bits = estimatedBits(residuals);
    if (bits < best.bits) best = { order, residuals, bits };
  }
  return best;
}

function residualsOf(values: Float64Array, order: number): Float64Array {
  const residuals = new Float64Array(values.length - order);
  const least = order === 0 ? smallest(values) : 0;
  for (let index = order; index < values.length; index++) {
    const value = values[index]!;
    if (order === 0) residuals[index] = value - least;
    else if (order === 1) residuals[index - 1] = zigzag(value - values[index - 1]!);
    else residuals[index - 2] = zigzag(value - 2 * values[index - 1]! + values[index - 2]!);
  }
  return residuals;
}

function undo(residuals: Float64Array, order: number, first: number, second: number): Float64Array {
  const values = new Float64Array(residuals.length + order);
  if (order > 0) values[0] = first;
  if (order > 1) values[1] = second;
  for (let index = order; index < values.length; index++) {
    const residual = residuals[index - order]!;
    if (order === 0) values[index] = first + residual;
    else if (order === 1) values[index] = values[index - 1]! + unzigzag(residual);
    else values[index] = 2 * values[index - 1]! - values[index - 2]! + unzigzag(residual);
  }
  return values;
}

/** What an ideal coder of lengths, with the bits below them as they are, would take. */
function estimatedBits(residuals: Float64Array): number {
  const lengths = new Uint32Array(65);
  let bits = 0;
  for (const residual of residuals) {
    const length = bitLength(residual);
    lengths[length]!++;
    if (length > 1) bits += length - 1;
  }
  for (const times of lengths) if (times > 0) bits += times * Math.log2(residuals.length / times);
  return bits;
}

function smallest(values: Float64Array): number {
  let least = values[0] ?? 0;
  for (const value of values) if (value < least) least = value;
  return least;
}

/** 0, -1, 1, -2, 2 ... to 0, 1, 2, 3, 4 ... */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}
