import hdr from 'hdr-histogram-js';
import type { WasmHistogram } from 'hdr-histogram-js';
import {
  checkEncoding,
  compressEncoded,
  decompressEncoded,
  digits,
  forEachCount,
  highestValue,
  lowestValueOf,
} from './histogram-encoding.ts';

/**
 * An HDR histogram of integer nanoseconds (or bytes, or counts) with the one configuration used everywhere:
 * 1 to 3.6e12 (an hour), three digits, so that a reported value is at most 0.1 % above the recorded one and any
 * two histograms add up. Percentiles return the highest value of their bucket: biased up, never down.
 */
export class Histogram {
  static readonly highestValue = highestValue;
  static readonly digits = digits;

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

  /** Record one value `times` times (a whole number). */
  recordMany(value: number, times: number): void {
    const clamped = Math.min(Math.max(value, 1), Histogram.highestValue);
    if (times > 0) this.#wasm.recordValueWithCount(clamped, times);
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
