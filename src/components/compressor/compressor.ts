import type { CodecName } from './codecs.ts';

/**
 * Compresses with one codec at one level and keeps count. Data must not be changed until the promise settles.
 * Decompression throws CorruptInputError or OutputTooLargeError; anything but a Uint8Array is a TypeError. An aborted
 * asynchronous call rejects with the signal's reason while it waits for its turn; one that has begun runs to its end.
 *
 * `compress` and `decompress` speak the codec's own format, which other programs read. `pack` and `unpack` put a byte
 * before it that says how the rest is coded: data that is short or does not get shorter is stored as it is, and
 * `unpack` reads what any compressor packed, whichever codec (and, if it has the same one, dictionary) that had.
 */
export interface Compressor {
  compress(data: Uint8Array, options?: CompressOptions): Promise<Uint8Array>;
  compressSync(data: Uint8Array): Uint8Array;
  decompress(data: Uint8Array, options?: DecompressOptions): Promise<Uint8Array>;
  decompressSync(data: Uint8Array, options?: DecompressOptions): Uint8Array;
  /** At most one byte longer than the data. */
  pack(data: Uint8Array, options?: CompressOptions): Promise<Uint8Array>;
  packSync(data: Uint8Array): Uint8Array;
  /** Stored data comes back as a view of `frame`, not copied. */
  unpack(frame: Uint8Array, options?: DecompressOptions): Promise<Uint8Array>;
  unpackSync(frame: Uint8Array, options?: DecompressOptions): Uint8Array;
  stats(): CompressorStats;
}

export interface CompressorOptions {
  /** @default 'deflate' */
  readonly codec?: CodecName;
  /**
   * Effort: 0 (none) to 9 for the zlib formats (default 6), 0 to 11 for brotli (default 5), 1 to 22 for zstd
   * (default 3).
   */
  readonly level?: number;
  /**
   * Content to refer to, best from `trainDictionary`: for codecs deflate, deflate-raw (which use its last 32 KiB) and
   * zstd (from Node 22.19 or 24.6; plain bytes or a dictionary made by zstd). Compression reads it anew with each
   * call: about 50 us for 32 KiB with deflate, 300 us for 110 KiB with zstd. Decompression does not.
   */
  readonly dictionary?: Uint8Array;
  /** `pack` stores data of fewer bytes than this. @default 1024, or 64 with a dictionary */
  readonly thresholdBytes?: number;
  /** Most bytes that a decompression may produce. @default 67108864 (64 MiB) */
  readonly maxOutputBytes?: number;
  /**
   * Most asynchronous calls at work at once; others wait their turn, for every zlib call that has begun holds a few
   * hundred kilobytes (nodejs/node#8871). @default 4, the threads that Node runs them on
   */
  readonly concurrency?: number;
}

export interface CompressOptions {
  /** Gives up waiting for a turn. */
  readonly signal?: AbortSignal;
}

export interface DecompressOptions {
  /** For this call, in place of the compressor's. */
  readonly maxOutputBytes?: number;
  /** Gives up waiting for a turn; synchronous calls ignore it. */
  readonly signal?: AbortSignal;
}

/** Counts of successful calls since creation, but for `running` and `waiting`: those are now. */
export interface CompressorStats {
  /** Calls of `compress` and `pack`, also those that stored. */
  readonly compressions: number;
  readonly decompressions: number;
  /** Calls of `pack` that stored the data as it was. */
  readonly stored: number;
  /** Calls that threw or rejected. */
  readonly failures: number;
  /** Bytes given to and returned by compressions. */
  readonly originalBytes: number;
  readonly compressedBytes: number;
  /** 1 - compressedBytes / originalBytes: below 0 when the data grew, 0 before the first. */
  readonly saved: number;
  /** Asynchronous calls at work, and those that wait their turn. */
  readonly running: number;
  readonly waiting: number;
}
