import { bitLength } from './adaptive-integers.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Numbers that share a width. */
const groupSize = 32;

/** Integers below 2^53, in groups of 32 with as many bits as the largest needs: a byte of width, then the numbers. */
export function writePacked(values: Float64Array, out: ByteWriter): void {
  for (let start = 0; start < values.length; start += groupSize) {
    const group = values.subarray(start, start + groupSize);
    let largest = 0;
    for (const value of group) if (value > largest) largest = value;
    const width = bitLength(largest);
    out.byte(width);
    writeBits(group, width, out);
  }
}

/** Throws CorruptTrajectoryError when the bytes end or a width is none. */
export function readPacked(reader: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let start = 0; start < count; start += groupSize) {
    const width = reader.byte();
    if (width > 53) reader.corrupt(`numbers of ${width} bits`);
    readBits(reader, values.subarray(start, Math.min(count, start + groupSize)), width);
  }
  return values;
}

/** Bytes that `writePacked` takes for them. */
export function packedBytes(values: Float64Array): number {
  let bytes = 0;
  for (let start = 0; start < values.length; start += groupSize) {
    let largest = 0;
    const end = Math.min(values.length, start + groupSize);
    for (let index = start; index < end; index++) if (values[index]! > largest) largest = values[index]!;
    bytes += 1 + Math.ceil((bitLength(largest) * (end - start)) / 8);
  }
  return bytes;
}

/** Integers of `width` bits each, the lowest bit first, filled up to a whole byte at the end. */
export function writeBits(values: Float64Array, width: number, out: ByteWriter): void {
  let pending = 0;
  let pendingBits = 0;
  for (const value of values) {
    let rest = value;
    let left = width;
    while (left > 0) {
      const taken = Math.min(left, 16);
      pending += (rest % 2 ** taken) * 2 ** pendingBits;
      pendingBits += taken;
      rest = Math.floor(rest / 2 ** taken);
      left -= taken;
      for (; pendingBits >= 8; pendingBits -= 8) {
        out.byte(pending & 255);
        pending >>>= 8;
      }
    }
  }
  if (pendingBits > 0) out.byte(pending);
}

export function readBits(reader: ByteReader, into: Float64Array, width: number): void {
  const bytes = reader.bytes(Math.ceil((into.length * width) / 8));
  let at = 0;
  let pending = 0;
  let pendingBits = 0;
  for (let index = 0; index < into.length; index++) {
    let value = 0;
    let weight = 1;
    let left = width;
    while (left > 0) {
      const taken = Math.min(left, 16);
      for (; pendingBits < taken; pendingBits += 8) pending += bytes[at++]! * 2 ** pendingBits;
      value += (pending & (2 ** taken - 1)) * weight;
      pending >>>= taken;
      pendingBits -= taken;
      weight *= 2 ** taken;
      left -= taken;
    }
    into[index] = value;
  }
}
