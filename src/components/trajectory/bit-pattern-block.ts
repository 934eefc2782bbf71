import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { estimatedSeriesBits, readSeries, writeSeries } from './integer-series.ts';
import { readBits, writeBits } from './packed-integers.ts';

/** Bits cut off below: at least so many, so that what is above makes an integer of the series. */
const fewestLow = 13;
const mostLow = 52;
const two32 = 4_294_967_296;

/**
 * Doubles of full precision: the upper bits of each pattern as an integer series (neighbours share sign, exponent and
 * first digits), the lower ones as they are, or not at all where they are zero throughout, as in doubles that were
 * floats of 32 bits. Where to cut is tried out. Any pattern, also NaN, is kept to the bit.
 *
 *     byte: bits cut off; byte: 1 if they are kept; the kept ones; the series
 */
export function writeBitPatterns(values: Float64Array, out: ByteWriter): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const zeros = commonTrailingZeros(words);
  let best = { cut: 0, bits: Number.POSITIVE_INFINITY };
  // Below the zeros there is nothing to keep; above them a cut must pay for what it keeps.
  const first = zeros >= fewestLow ? Math.min(zeros, mostLow) : fewestLow;
  for (let cut = first; cut <= mostLow; cut += 6) {
    const bits = estimatedSeriesBits(highBits(words, cut)) + (cut > zeros ? cut * values.length : 0);
    if (bits < best.bits) best = { cut, bits };
  }
  const { cut } = best;
  out.byte(cut);
  out.byte(cut > zeros ? 1 : 0);
  if (cut > zeros) writeBits(lowBits(words, cut), cut, out);
  writeSeries(highBits(words, cut), out);
}

/** Throws CorruptTrajectoryError. */
export function readBitPatterns(reader: ByteReader, into: Float64Array): void {
  const cut = reader.byte();
  if (cut < fewestLow || cut > mostLow) reader.corrupt(`a cut of ${cut} bits`);
  const low = new Float64Array(into.length);
  if (reader.byte() === 1) readBits(reader, low, cut);
  const high = readSeries(reader, into.length);
  const words = new Uint32Array(into.buffer, into.byteOffset, into.length * 2);
  const lowWeight = 2 ** cut;
  for (let index = 0; index < into.length; index++) {
    const signed = high[index]!;
    const upper = signed < 0 ? -signed - 1 : signed;
    // upper * 2^cut + low has 63 bits: put together in two halves.
    const upperHigh = cut <= 32 ? Math.floor(upper / 2 ** (32 - cut)) : upper * 2 ** (cut - 32);
    const upperLow = cut <= 32 ? (upper % 2 ** (32 - cut)) * lowWeight : 0;
    const lowHigh = Math.floor(low[index]! / two32);
    // What no writer wrote may be too large for a word: it is cut, as any assignment to one.
    words[2 * index] = upperLow + (low[index]! % two32);
    words[2 * index + 1] = ((upperHigh + lowHigh) % 2 ** 31) + (signed < 0 ? 2 ** 31 : 0);
  }
}

/** Sign and upper bits in the order of the doubles: negative ones below 0, -0 next to 0. */
function highBits(words: Uint32Array, cut: number): Float64Array {
  const high = new Float64Array(words.length / 2);
  for (let index = 0; index < high.length; index++) {
    const word = words[2 * index + 1]!;
    const magnitude = word & 0x7fffffff;
    const upper =
      cut <= 32
        ? magnitude * 2 ** (32 - cut) + Math.floor(words[2 * index]! / 2 ** cut)
        : Math.floor(magnitude / 2 ** (cut - 32));
    high[index] = word >= 2 ** 31 ? -upper - 1 : upper;
  }
  return high;
}

function lowBits(words: Uint32Array, cut: number): Float64Array {
  const low = new Float64Array(words.length / 2);
  for (let index = 0; index < low.length; index++) {
    const word = words[2 * index]!;
    low[index] = cut < 32 ? word % 2 ** cut : word + (words[2 * index + 1]! % 2 ** (cut - 32)) * two32;
  }
  return low;
}

function commonTrailingZeros(words: Uint32Array): number {
  let low = 0;
  let high = 0;
  for (let index = 0; index < words.length; index += 2) {
    low |= words[index]!;
    high |= words[index + 1]!;
  }
  if (low !== 0) return 31 - Math.clz32(low & -low);
  return high === 0 ? 64 : 63 - Math.clz32(high & -high);
}
