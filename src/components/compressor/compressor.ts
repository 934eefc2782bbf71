import type { CodecName } from './codecs.ts';

/**
 * Compresses with one codec at one level and keeps count. Data must not be changed until the promise settles.
 * Decompression throws CorruptInputError or OutputTooLargeError; anything but a Uint8Array is a TypeError.
 */
export interface Compressor {
  compress(data: Uint8Array): Promise<Uint8Array>;
  compressSync(data: Uint8Array): Uint8Array;
  decompress(data: Uint8Array, options?: DecompressOptions): Promise<Uint8Array>;
  decompressSync(data: Uint8Array, options?: DecompressOptions): Uint8Array;
  stats(): CompressorStats;
}

export interface CompressorOptions {
  /** @default 'deflate' */
  readonly codec?: CodecName;
  /** Effort, 0 (none) to 9 for the zlib formats. @default 6 */
  readonly level?: number;
  /** Most bytes that a decompression may produce. @default 67108864 (64 MiB) */
  readonly maxOutputBytes?: number;
  /**
   * Most asynchronous calls at work at once; others wait their turn, for every zlib call that has begun holds a few
   * hundred kilobytes (nodejs/node#8871). @default 4, the threads that Node runs them on
   */
  readonly concurrency?: number;
}

export interface DecompressOptions {
  /** For this call, in place of the compressor's. */
  readonly maxOutputBytes?: number;
}

/** Counts of successful calls since creation, but for `running` and `waiting`: those are now. */
export interface CompressorStats {
  readonly compressions: number;
  readonly decompressions: number;
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
