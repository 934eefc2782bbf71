import { deflateSync, inflateSync } from 'node:zlib';
import hdr from 'hdr-histogram-js';
import type { WasmHistogram } from 'hdr-histogram-js';
import { PerfkitError } from '../model/errors.ts';

/**
 * An HDR histogram of integer nanoseconds (or bytes, or counts) with the one configuration used everywhere:
 * 1 to 3.6e12 (an hour), three digits, so that a reported value is at most 0.1 % above the recorded one and any
 * two histograms add up. Percentiles return the highest value of their bucket: biased up, never down.
 */
export class Histogram {
  static readonly highestValue = 3_600_000_000_000;
  static readonly digits = 3;

  readonly #wasm: WasmHistogram;

  /** `wide` counts with 64 bits (264 KiB): for totals of long runs. 32 bits (132 KiB) suffice for a slice. */
  constructor({ wide = false }: { readonly wide?: boolean } = {}) {
    hdr.initWebAssemblySync();
    this.#wasm = hdr.WasmHistogram.build({
      bitBucketSize: wide ? 64 : 32,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: Histogram.highestValue,
      numberOfSignificantValueDigits: Histogram.digits,
    });
  }

  /** Record one value, clamped into the range; a fraction is cut. NaN is recorded as 1. */
  record(value: number): void {
    // hot path: the clamps keep the WASM conversion from trapping on negatives and NaN
    this.#wasm.recordValue(value >= 1 ? (value <= 3_600_000_000_000 ? value : 3_600_000_000_000) : 1);
  }

  get count(): number {
    return this.#wasm.totalCount;
  }

  /** Smallest value, to the bucket's lower end (as a decoded copy would say); 0 when empty. */
  get min(): number {
    return this.valueAt(0);
  }

  /** Largest value, to the bucket's upper end (as a decoded copy would say); 0 when empty. */
  get max(): number {
    return this.valueAt(100);
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#wasm.mean;
  }

  /** The value that `percentile` (0-100) of the samples do not exceed; 0 when empty. */
  valueAt(percentile: number): number {
    return this.count === 0
      ? 0
      : Math.min(this.#wasm.getValueAtPercentile(percentile), Histogram.highestValue);
  }

  add(other: Histogram): void {
    this.#wasm.add(other.#wasm);
  }

  /** Add a slice as `encode` made it; an empty array adds nothing. Throws PerfkitError on anything else. */
  addEncoded(data: Uint8Array): void {
    if (data.length === 0) return;
    checkEncoding(data);
    // Bucket by bucket: a decoded copy to add would be 264 KiB to clear and to walk, for a few hundred counts.
    forEachCount(data, (slot, count) => this.#wasm.recordValueWithCount(lowestValueOf(slot), count));
  }

  reset(): void {
    this.#wasm.reset();
  }

  /** HDR V2 encoding, uncompressed, readable by the Java, C, Rust and Go libraries. */
  encode(): Uint8Array {
    const data = this.#wasm.encode();
    // hdr-histogram-js 3.0.1 writes a normalising offset of 1 and an integer ratio; other readers then shift or
    // refuse the histogram. The format wants 0 and the double 1.0 (HdrHistogram, AbstractHistogram.encodeIntoByteBuffer).
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    view.setInt32(8, 0);
    view.setFloat64(32, 1);
    return data;
  }

  /** HDR V2 compressed and in base64 ("HISTF..."), as .hlog lines and result files carry it. */
  toBase64(): string {
    return compressEncoded(this.encode());
  }

  /** Free the WASM memory; the histogram must not be used after. */
  destroy(): void {
    this.#wasm.destroy();
  }

  /** Read what `toBase64` wrote. Throws PerfkitError on anything else, however hostile. */
  static fromBase64(text: string): Histogram {
    const histogram = new Histogram({ wide: true });
    try {
      histogram.addEncoded(decompressEncoded(text));
    } catch (error) {
      histogram.destroy();
      throw error;
    }
    return histogram;
  }
}

const cookie = 0x1c849313;
const compressedCookie = 0x1c849314;
const headerBytes = 40;
/** 33,792 counts (33 x 1,024) of at most 9 bytes: no valid payload is longer. */
const maxPayloadBytes = 33_792 * 9;

/** A slice as `encode` made it, compressed and in base64: V2 "HISTF...". */
export function compressEncoded(data: Uint8Array): string {
  return compress(data).toString('base64');
}

/** Undo `compressEncoded`; what is inside is checked where it is added. Throws PerfkitError. */
export function decompressEncoded(text: string): Uint8Array {
  return decompressBytes(Buffer.from(text, 'base64'));
}

function decompressBytes(data: Buffer): Uint8Array {
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
function checkHeader(data: Uint8Array): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < headerBytes || view.getInt32(0) !== cookie) throw unreadable('it is no V2 histogram');
  if (view.getInt32(4) !== data.length - headerBytes)
    throw unreadable('its length does not match its header');
  const digits = view.getInt32(12);
  const lowest = Number(view.getBigInt64(16));
  const highest = Number(view.getBigInt64(24));
  if (digits !== Histogram.digits || lowest !== 1 || highest !== Histogram.highestValue) {
    throw unreadable(
      `expected 1 to ${Histogram.highestValue} with ${Histogram.digits} digits, got ${lowest} to ${highest} with ${digits}`,
    );
  }
  if (view.getInt32(8) !== 0) throw unreadable('its counts are shifted (normalising offset)');
}

/** The header, and counts that stay within the range. */
function checkEncoding(data: Uint8Array): void {
  checkHeader(data);
  let slots = 0;
  for (let offset = headerBytes; offset < data.length;) {
    const word = zigzag(data, offset);
    // The decoder holds a count in 32 signed bits: a larger one would wrap into a run of zeros and write out of bounds.
    if (word.value > 0x7fff_ffff) throw unreadable('a count is more than 2^31');
    slots += word.value < 0 ? -word.value : 1;
    offset = word.next;
  }
  if (slots > 33_792) throw unreadable(`it has ${slots} counts, more than its range holds`);
}

/** Largest value in a slice as `encode` made it, to its bucket's upper end; 0 when empty. Throws PerfkitError. */
export function maxOfEncoded(data: Uint8Array): number {
  if (data.length === 0) return 0;
  checkEncoding(data);
  let last = -1;
  forEachCount(data, (slot) => {
    last = slot;
  });
  return last < 0 ? 0 : Math.min(lowestValueOf(last + 1) - 1, Histogram.highestValue);
}

/** Counts of a histogram in the order of its values: counts[i] samples in slots[i]. */
export interface SparseCounts {
  readonly slots: Uint16Array;
  readonly counts: Uint32Array;
  /** How many of the two arrays are filled. */
  readonly used: number;
}

/** Slots that a histogram has: `highestValueOf` of each is the value that it stands for. */
export const slotCount = 33_792;

/** Memory that histograms are read into one after the other. */
export interface SparseSpace {
  readonly slots: Uint16Array;
  readonly counts: Uint32Array;
  readonly bytes: Buffer;
}

export function createSparseSpace(): SparseSpace {
  return {
    slots: new Uint16Array(slotCount),
    counts: new Uint32Array(slotCount),
    bytes: Buffer.alloc(65_536),
  };
}

/**
 * The counts of a histogram in base64; the arrays are shared by all calls with the same `into`, so they are good until
 * the next. Throws PerfkitError when it cannot be read.
 */
export function readSparse(text: string, into: SparseSpace): SparseCounts {
  const fits = text.length <= into.bytes.length;
  const length = fits ? into.bytes.write(text, 'base64') : 0;
  const data = decompressBytes(fits ? into.bytes.subarray(0, length) : Buffer.from(text, 'base64'));
  checkHeader(data);
  let used = 0;
  let slot = 0;
  for (let offset = headerBytes; offset < data.length;) {
    // hot path: a comparison reads some ten thousand histograms, so no object for each word (see `zigzag`)
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 9; index++) {
      const byte = data[offset++];
      if (byte === undefined) throw unreadable('it ends in the middle of a count');
      value += (index === 8 ? byte : byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    const count = value % 2 === 0 ? value / 2 : 0;
    if (count > 0x7fff_ffff) throw unreadable('a count is more than 2^31');
    if (count > 0 && slot < slotCount) {
      into.slots[used] = slot;
      into.counts[used++] = count;
    }
    slot += value % 2 === 0 ? 1 : (value + 1) / 2;
  }
  if (slot > slotCount) throw unreadable(`it has ${slot} counts, more than its range holds`);
  return { slots: into.slots, counts: into.counts, used };
}

/** The value that a slot's samples are reported as: its bucket's upper end. */
export function highestValueOf(slot: number): number {
  return Math.min(lowestValueOf(slot + 1) - 1, Histogram.highestValue);
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
function forEachCount(data: Uint8Array, visit: (slot: number, count: number) => void): void {
  let slot = 0;
  for (let offset = headerBytes; offset < data.length;) {
    const { value, next } = zigzag(data, offset);
    if (value > 0) visit(slot, value);
    slot += value < 0 ? -value : 1;
    offset = next;
  }
}

/** Slots 0 to 2047 are the values themselves; every 1,024 after that double the width of a slot. */
function lowestValueOf(slot: number): number {
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

function unreadable(why: string, cause?: unknown): PerfkitError {
  return new PerfkitError('result', `cannot read a histogram: ${why}`, { cause });
}
