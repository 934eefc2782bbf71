import { expected } from '../internal/option-checks.ts';
import { Semaphore } from '../internal/semaphore.ts';
import type { Codec } from './codec.ts';
import { MissingDictionaryError, OutputTooLargeError } from './compressor-errors.ts';
import { compressorSettings, outputLimit } from './compressor-options.ts';
import type { CompressorSettings } from './compressor-options.ts';
import type {
  CompressOptions,
  Compressor,
  CompressorOptions,
  CompressorStats,
  DecompressOptions,
} from './compressor.ts';
import { readFrame, writeFrame } from './packed-frame.ts';
import type { PackedFrame } from './packed-frame.ts';

/** A compressor with one codec. Throws TypeError or RangeError on options it cannot follow. */
export function createCompressor(options: CompressorOptions = {}): Compressor {
  return new CodecCompressor(options);
}

class CodecCompressor implements Compressor {
  readonly #settings: CompressorSettings;
  readonly #turns: Semaphore;
  #compressions = 0;
  #decompressions = 0;
  #stored = 0;
  #failures = 0;
  #originalBytes = 0;
  #compressedBytes = 0;

  constructor(options: CompressorOptions) {
    this.#settings = compressorSettings(options);
    this.#turns = new Semaphore(this.#settings.concurrency);
  }

  async compress(data: Uint8Array, options?: CompressOptions): Promise<Uint8Array> {
    const { codec, level, dictionary } = this.#settings;
    const inputBytes = bytesOf(data);
    return this.#counted(async () => {
      const work = (): Promise<Uint8Array> => codec.compress(data, level, dictionary);
      return this.#compressed(inputBytes, await this.#turns.run(work, options?.signal));
    });
  }

  compressSync(data: Uint8Array): Uint8Array {
    const { codec, level, dictionary } = this.#settings;
    const inputBytes = bytesOf(data);
    return this.#countedSync(() => this.#compressed(inputBytes, codec.compressSync(data, level, dictionary)));
  }

  async decompress(data: Uint8Array, options?: DecompressOptions): Promise<Uint8Array> {
    const { codec, dictionary } = this.#settings;
    const limit = this.#limit(data, options);
    return this.#counted(async () => {
      const work = (): Promise<Uint8Array> => codec.decompress(data, limit, dictionary);
      return this.#decompressed(await this.#turns.run(work, options?.signal));
    });
  }

  decompressSync(data: Uint8Array, options?: DecompressOptions): Uint8Array {
    const { codec, dictionary } = this.#settings;
    const limit = this.#limit(data, options);
    return this.#countedSync(() => this.#decompressed(codec.decompressSync(data, limit, dictionary)));
  }

  async pack(data: Uint8Array, options?: CompressOptions): Promise<Uint8Array> {
    const { codec, level, dictionary } = this.#settings;
    const short = bytesOf(data) < this.#settings.thresholdBytes;
    return this.#counted(async () => {
      options?.signal?.throwIfAborted();
      if (short) return this.#framed(data, null);
      const work = (): Promise<Uint8Array> => codec.compress(data, level, dictionary);
      return this.#framed(data, await this.#turns.run(work, options?.signal));
    });
  }

  packSync(data: Uint8Array): Uint8Array {
    const { codec, level, dictionary } = this.#settings;
    const short = bytesOf(data) < this.#settings.thresholdBytes;
    return this.#countedSync(() =>
      this.#framed(data, short ? null : codec.compressSync(data, level, dictionary)),
    );
  }

  async unpack(data: Uint8Array, options?: DecompressOptions): Promise<Uint8Array> {
    const limit = this.#limit(data, options);
    return this.#counted(async () => {
      options?.signal?.throwIfAborted();
      const frame = readFrame(data);
      const { codec, payload } = frame;
      if (codec === null) return this.#decompressed(withinLimit(payload, limit));
      const dictionary = this.#dictionaryFor(frame);
      const work = (): Promise<Uint8Array> => codec.decompress(payload, limit, dictionary);
      return this.#decompressed(await this.#turns.run(work, options?.signal));
    });
  }

  unpackSync(data: Uint8Array, options?: DecompressOptions): Uint8Array {
    const limit = this.#limit(data, options);
    return this.#countedSync(() => {
      const frame = readFrame(data);
      const { codec, payload } = frame;
      if (codec === null) return this.#decompressed(withinLimit(payload, limit));
      return this.#decompressed(codec.decompressSync(payload, limit, this.#dictionaryFor(frame)));
    });
  }

  stats(): CompressorStats {
    return {
      compressions: this.#compressions,
      decompressions: this.#decompressions,
      stored: this.#stored,
      failures: this.#failures,
      originalBytes: this.#originalBytes,
      compressedBytes: this.#compressedBytes,
      saved: this.#originalBytes === 0 ? 0 : 1 - this.#compressedBytes / this.#originalBytes,
      running: this.#turns.running,
      waiting: this.#turns.waiting,
    };
  }

  /** The smaller of compressed and stored; null: not tried. */
  #framed(data: Uint8Array, compressed: Uint8Array | null): Uint8Array {
    const smaller = compressed !== null && compressed.byteLength < data.byteLength;
    const { codec, dictionary } = this.#settings;
    if (smaller) {
      return this.#compressed(data.byteLength, writeFrame(codec, dictionary !== undefined, compressed));
    }
    this.#stored++;
    return this.#compressed(data.byteLength, writeFrame(null, false, data));
  }

  #dictionaryFor({
    codec,
    name,
    withDictionary,
  }: PackedFrame & { codec: Codec | null }): Uint8Array | undefined {
    if (!withDictionary) return undefined;
    const { dictionary } = this.#settings;
    if (dictionary === undefined || codec?.takesDictionary() !== true) throw new MissingDictionaryError(name);
    return dictionary;
  }

  #limit(data: Uint8Array, options: DecompressOptions | undefined): number {
    bytesOf(data);
    const { maxOutputBytes } = options ?? {};
    return maxOutputBytes === undefined ? this.#settings.maxOutputBytes : outputLimit(maxOutputBytes);
  }

  #compressed(inputBytes: number, output: Uint8Array): Uint8Array {
    this.#compressions++;
    this.#originalBytes += inputBytes;
    this.#compressedBytes += output.byteLength;
    return output;
  }

  #decompressed(output: Uint8Array): Uint8Array {
    this.#decompressions++;
    return output;
  }

  async #counted(work: () => Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      return await work();
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  #countedSync(work: () => Uint8Array): Uint8Array {
    try {
      return work();
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }
}

function withinLimit(stored: Uint8Array, maxOutputBytes: number): Uint8Array {
  if (stored.byteLength <= maxOutputBytes) return stored;
  throw new OutputTooLargeError('stored', stored.byteLength, maxOutputBytes);
}

/** Checked here because zlib also takes strings and other views, whose size would be miscounted. */
function bytesOf(data: unknown): number {
  if (data instanceof Uint8Array) return data.byteLength;
  throw new TypeError(expected('data', 'a Uint8Array', data));
}
