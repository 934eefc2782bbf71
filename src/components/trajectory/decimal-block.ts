import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { largestInteger, readSeries, writeSeries } from './integer-series.ts';

/** Powers of ten up to this one, and integers up to 2^53, are exact: their quotient is the decimal's nearest double. */
const largestExponent = 17;
const powers = Array.from({ length: largestExponent + 1 }, (_, exponent) => 10 ** exponent);
/** What a value costs that is no decimal, about. */
const exceptionBits = 80;

/**
 * Doubles that were decimals, 39.984702 for instance, as integers and a power of ten. The few that are not (also NaN,
 * -0 and infinities) are kept by themselves. False, and nothing written, when they are not few.
 *
 *     byte: exponent; varint: exceptions, each a varint distance from the one before and 8 bytes; the series
 */
export function writeDecimals(values: Float64Array, out: ByteWriter): boolean {
  const exponent = bestExponent(values);
  if (exponent === null) return false;
  const integers = new Float64Array(values.length);
  const exceptions: number[] = [];
  let before = 0;
  for (let index = 0; index < values.length; index++) {
    const integer = integerAt(values[index]!, exponent);
    if (integer === null) exceptions.push(index);
    else before = integer;
    integers[index] = before;
  }
  // Those that come first have no number before them: any that is near will do.
  const firstGood = exceptions.findIndex((at, order) => at !== order);
  const leading = firstGood === -1 ? exceptions.length : firstGood;
  integers.fill(integers[leading] ?? 0, 0, leading);
  out.byte(exponent);
  out.varint(exceptions.length);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let last = 0;
  for (const index of exceptions) {
    out.varint(index - last);
    out.bytes(bytes.subarray(index * 8, index * 8 + 8));
    last = index;
  }
  writeSeries(integers, out);
  return true;
}

/** Throws CorruptTrajectoryError. */
export function readDecimals(reader: ByteReader, into: Float64Array): void {
  const exponent = reader.byte();
  const power = powers[exponent];
  if (power === undefined) return reader.corrupt(`decimals of ${exponent} places`);
  const count = reader.varint();
  if (count > into.length) reader.corrupt(`${count} exceptions among ${into.length} numbers`);
  const places: number[] = [];
  const exceptions: Uint8Array[] = [];
  for (let index = 0, at = 0; index < count; index++) {
    at += reader.varint();
    if (at >= into.length) reader.corrupt('an exception past the end');
    places.push(at);
    exceptions.push(reader.bytes(8));
  }
  const integers = readSeries(reader, into.length);
  for (let index = 0; index < into.length; index++) into[index] = integers[index]! / power;
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  for (const [index, at] of places.entries()) bytes.set(exceptions[index]!, at * 8);
}

/** The integer n with n / 10^exponent the same double, if there is one that the series takes. */
function integerAt(value: number, exponent: number): number | null {
  const power = powers[exponent]!;
  const integer = Math.round(value * power);
  // Not NaN, not too large, and not -0, which is lost with the division.
  if (!(Math.abs(integer) <= largestInteger) || integer / power !== value || Object.is(value, -0))
    return null;
  return integer === 0 ? 0 : integer;
}

/** The exponent that costs least: a place more costs log2(10) bits a value, an exception its own. */
function bestExponent(values: Float64Array): number | null {
  const needed = new Uint32Array(largestExponent + 2);
  const allowed = new Uint32Array(largestExponent + 2);
  let guess = 0;
  for (const value of values) {
    guess = leastExponent(value, guess);
    if (guess > largestExponent) {
      guess = 0;
      continue;
    }
    needed[guess]!++;
    allowed[Math.min(largestExponent, mostPlaces(value, guess)) + 1]!++;
  }
  let best: number | null = null;
  let fewest = values.length * 40;
  let fit = 0;
  for (let exponent = 0; exponent <= largestExponent; exponent++) {
    fit += needed[exponent]! - allowed[exponent]!;
    const bits = (values.length - fit) * exceptionBits + values.length * exponent * Math.log2(10) * 0.5;
    if (bits < fewest) {
      fewest = bits;
      best = exponent;
    }
  }
  return best;
}

/** The least exponent that fits, or more than the largest. A `guess` that fits is checked downwards. */
function leastExponent(value: number, guess: number): number {
  let exponent = guess;
  if (integerAt(value, exponent) !== null) {
    while (exponent > 0 && integerAt(value, exponent - 1) !== null) exponent--;
    return exponent;
  }
  for (exponent = 0; exponent <= largestExponent; exponent++) {
    if (integerAt(value, exponent) !== null) return exponent;
  }
  return exponent;
}

/** The largest exponent at which the integer is small enough. */
function mostPlaces(value: number, least: number): number {
  let exponent = least;
  while (exponent < largestExponent && Math.abs(value) * powers[exponent + 1]! <= largestInteger) exponent++;
  return exponent;
}
