/**
 * A compression format. The seam for another one: an object of this shape and a line in `codecs`. Input is never
 * changed. Decompression takes all of its input as one complete value, and throws CorruptInputError when it is not
 * that, OutputTooLargeError when the output would be longer than `maxOutputBytes` (which it never allocates).
 */
export interface Codec {
  readonly levels: { readonly lowest: number; readonly highest: number; readonly default: number };
  compress(data: Uint8Array, level: number): Promise<Uint8Array>;
  compressSync(data: Uint8Array, level: number): Uint8Array;
  decompress(data: Uint8Array, maxOutputBytes: number): Promise<Uint8Array>;
  decompressSync(data: Uint8Array, maxOutputBytes: number): Uint8Array;
}
