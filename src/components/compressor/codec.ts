/**
 * A compression format. The seam for another one: an object of this shape and a line in `codecs`. Input is never
 * changed. Decompression takes all of its input as one complete value, and throws CorruptInputError when it is not
 * that, OutputTooLargeError when the output would be longer than `maxOutputBytes` (which it never allocates).
 *
 * A dictionary is content that both sides have beforehand: compression refers to it instead of writing it out. The
 * same one must be given to both directions. Only where `takesDictionary()` is true.
 */
export interface Codec {
  /** What tells the format apart in packed data (packed-frame.ts), 1 to 127. Never changes once released. */
  readonly id: number;
  readonly levels: { readonly lowest: number; readonly highest: number; readonly default: number };
  /** Whether this Node's implementation of the format takes a dictionary. */
  takesDictionary(): boolean;
  compress(data: Uint8Array, level: number, dictionary?: Uint8Array): Promise<Uint8Array>;
  compressSync(data: Uint8Array, level: number, dictionary?: Uint8Array): Uint8Array;
  decompress(data: Uint8Array, maxOutputBytes: number, dictionary?: Uint8Array): Promise<Uint8Array>;
  decompressSync(data: Uint8Array, maxOutputBytes: number, dictionary?: Uint8Array): Uint8Array;
}
