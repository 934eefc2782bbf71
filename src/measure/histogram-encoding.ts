import { deflateSync, inflateSync } from 'node:zlib';
import { PerfkitError } from '../model/errors.ts';

/** The one configuration of all histograms: 1 to an hour in nanoseconds, with three digits. */
export const highestValue = 3_600_000_000_000;
export const digits = 3;

const cookie = 0x1c849313;
const compressedCookie = 0x1c849314;
/** Of an encoding, before its counts. */
export const headerBytes = 40;
/** Slots that a histogram has, 33 x 1,024: `highestValueOf` of each is the value that it stands for. */
export const slotCount = 33_792;
/** Counts of at most 9 bytes: no valid payload is longer. */
const maxPayloadBytes = slotCount * 9;

/** A slice as `encode` made it, compressed and in base64: V2 "HISTF...". */
export function compressEncoded(data: Uint8Array): string {
  return compress(data).toString('base64');
}

/** Undo `compressEncoded`; what is inside is checked where it is added. Throws PerfkitError. */
export function decompressEncoded(text: string): Uint8Array {
  return decompressBytes(Buffer.from(text, 'base64'));
}

/** The same for bytes. */
export function decompressBytes(data: Buffer): Uint8Array {
  try {
    return decompress(data);
  } catch (error) {
    throw error instanceof PerfkitError ? error : unreadable('its contents do not decode', error);
  }
}

function compress(data: Uint8Array): Buffer {
  const body = deflateSync(data);
  const head = Buffer.alloc(8);
  head.writeInt32BE(compressedCookie, 0);
  head.writeInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

function decompress(data: Buffer): Uint8Array {
  if (data.length < 8 || data.readInt32BE(0) !== compressedCookie)
    throw unreadable('it is no compressed V2 histogram');
  const length = data.readInt32BE(4);
  if (length !== data.length - 8) throw unreadable(`it says ${length} bytes and has ${data.length - 8}`);
  // most slices have less than 4 KiB: the default of 16 KiB for each of ten thousand would be left to the collector
  const plain = inflateSync(data.subarray(8), {
    maxOutputLength: headerBytes + maxPayloadBytes,
    chunkSize: 4096,
  });
  if (plain.length < headerBytes) throw unreadable('it is too short for a V2 histogram');
  return plain;
}

/** Only our own configuration is accepted, so that every sum is exact. */
export function checkHeader(data: Uint8Array): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < headerBytes || view.getInt32(0) !== cookie) throw unreadable('it is no V2 histogram');
  if (view.getInt32(4) !== data.length - headerBytes)
    throw unreadable('its length does not match its header');
  const precision = view.getInt32(12);
  const lowest = Number(view.getBigInt64(16));
  const highest = Number(view.getBigInt64(24));
  if (precision !== digits || lowest !== 1 || highest !== highestValue) {
    throw unreadable(
      `expected 1 to ${highestValue} with ${digits} digits, got ${lowest} to ${highest} with ${precision}`,
    );
  }
  if (view.getInt32(8) !== 0) throw unreadable('its counts are shifted (normalising offset)');
}

/** The header, and counts that stay within the range. */
export function checkEncoding(data: Uint8Array): void {
  checkHeader(data);
  let slots = 0;
  for (let offset = headerBytes; offset < data.length;) {
    const word = zigzag(data, offset);
    // The decoder holds a count in 32 signed bits: a larger one would wrap into a run of zeros and write out of bounds.
    if (word.value > 0x7fff_ffff) throw unreadable('a count is more than 2^31');
    slots += word.value < 0 ? -word.value : 1;
    offset = word.next;
  }
  if (slots > slotCount) throw unreadable(`it has ${slots} counts, more than its range holds`);
}

/** Largest value in a slice as `encode` made it, to its bucket's upper end; 0 when empty. Throws PerfkitError. */
export function maxOfEncoded(data: Uint8Array): number {
  if (data.length === 0) return 0;
  checkEncoding(data);
  let last = -1;
  forEachCount(data, (slot) => {
    last = slot;
  });
  return last < 0 ? 0 : Math.min(lowestValueOf(last + 1) - 1, highestValue);
}

/** The value that a slot's samples are reported as: its bucket's upper end. */
export function highestValueOf(slot: number): number {
  return Math.min(lowestValueOf(slot + 1) - 1, highestValue);
}

/**
 * Every count above zero of a histogram in base64, in order of its values, with the highest value of its bucket. Throws
 * PerfkitError when it cannot be read.
 */
export function visitBase64(text: string, visit: (highestValue: number, count: number) => void): void {
  const data = decompressEncoded(text);
  checkEncoding(data);
  forEachCount(data, (slot, count) => visit(highestValueOf(slot), count));
}

/** Every count above zero of a checked encoding, in order; a negative word is a run of zeros. */
export function forEachCount(data: Uint8Array, visit: (slot: number, count: number) => void): void {
  let slot = 0;
  for (let offset = headerBytes; offset < data.length;) {
    const { value, next } = zigzag(data, offset);
    if (value > 0) visit(slot, value);
    slot += value < 0 ? -value : 1;
    offset = next;
  }
}

/** Slots 0 to 2047 are the values themselves; every 1,024 after that double the width of a slot. */
export function lowestValueOf(slot: number): number {
  // hot path: a table, because a power is several times as dear as all the rest
  const doublings = slot < 2_048 ? 0 : (slot >> 10) - 1;
  return (slot - doublings * 1_024) * (widths[doublings] ?? NaN);
}

const widths = Array.from({ length: 34 }, (_, doublings) => 2 ** doublings);

/** One ZigZag LEB128-64b9B word, low precision is enough to bound the run of zeros. */
function zigzag(data: Uint8Array, offset: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let index = 0; index < 9; index++) {
    const byte = data[offset + index];
    if (byte === undefined) throw unreadable('it ends in the middle of a count');
    const last = index === 8;
    value += (last ? byte : byte & 0x7f) * scale;
    if (last || byte < 0x80)
      return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, next: offset + index + 1 };
    scale *= 128;
  }
  throw unreadable('a count is too long');
}

/** For text or bytes that are no histogram of ours. */
export function unreadable(why: string, cause?: unknown): PerfkitError {
  return new PerfkitError('result', `cannot read a histogram: ${why}`, { cause });
}
