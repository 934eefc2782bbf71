import { BitModel } from './bit-model.ts';
import type { ByteWriter } from './byte-writer.ts';
import { RangeDecoder } from './range-decoder.ts';
import { RangeEncoder } from './range-encoder.ts';

/** Of the bits after the highest one, so many are worth a model of their own; the rest is noise. */
const modelled = 3;
/** Lengths 0 to 53 as the leaves of a binary tree, one for each class of the length before. */
const treeSize = 64;
const classes = 8;

/**
 * Integers below 2^53 by an adaptive arithmetic coder: how many bits a number has depends on the number before, its
 * next bits on its length, and both are learnt on the way. Close to the entropy; 5 to 10 million numbers a second.
 */
export function writeAdaptive(values: Float64Array, out: ByteWriter): void {
  const models = new IntegerModels();
  const coder = new RangeEncoder(out);
  let before = 0;
  for (const value of values) {
    const length = bitLength(value);
    const tree = models.treeAfter(before);
    let node = 1;
    for (let at = 5; at >= 0; at--) {
      const bit = (length >> at) & 1;
      coder.bit(bit, models.lengths, tree + node);
      node = node * 2 + bit;
    }
    let left = length - 1;
    let prefix = 1;
    for (let depth = 0; depth < modelled && left > 0; depth++) {
      const bit = Math.floor(value / 2 ** --left) % 2;
      coder.bit(bit, models.mantissas, length * 2 ** modelled + prefix);
      prefix = prefix * 2 + bit;
    }
    if (left > 0) coder.plain(value % 2 ** left, left);
    before = length;
  }
  coder.finish();
}

/** `count` integers. Whatever the bytes are it gives some, each below 2^63. */
export function readAdaptive(bytes: Uint8Array, count: number): Float64Array {
  const models = new IntegerModels();
  const coder = new RangeDecoder(bytes);
  const values = new Float64Array(count);
  let before = 0;
  for (let index = 0; index < count; index++) {
    const tree = models.treeAfter(before);
    let node = 1;
    while (node < treeSize) node = node * 2 + coder.bit(models.lengths, tree + node);
    const length = node - treeSize;
    let value = length > 0 ? 1 : 0;
    let left = length - 1;
    for (let depth = 0; depth < modelled && left > 0; depth++, left--) {
      value = value * 2 + coder.bit(models.mantissas, length * 2 ** modelled + value);
    }
    if (left > 0) value = value * 2 ** left + coder.plain(left);
    values[index] = value;
    before = length;
  }
  return values;
}

class IntegerModels {
  readonly lengths = new BitModel(classes * treeSize);
  readonly mantissas = new BitModel(treeSize * 2 ** modelled);

  /** First model of the tree that follows a number of so many bits. */
  treeAfter(length: number): number {
    return Math.min(classes - 1, (length + 1) >> 2) * treeSize;
  }
}

/** Bits of an integer below 2^53; 0 of 0. */
export function bitLength(value: number): number {
  if (value < 4_294_967_296) return 32 - Math.clz32(value);
  return 64 - Math.clz32(Math.floor(value / 4_294_967_296));
}
