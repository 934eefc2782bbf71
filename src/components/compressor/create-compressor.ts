import { expected } from '../internal/option-checks.ts';
import { Semaphore } from '../internal/semaphore.ts';
import { compressorSettings, outputLimit } from './compressor-options.ts';
import type { CompressorSettings } from './compressor-options.ts';
import type { Compressor, CompressorOptions, CompressorStats, DecompressOptions } from './compressor.ts';

/** A compressor with one codec. Throws TypeError or RangeError on options it cannot follow. */
export function createCompressor(options: CompressorOptions = {}): Compressor {
  return new CodecCompressor(options);
}

class CodecCompressor implements Compressor {
  readonly #settings: CompressorSettings;
  readonly #turns: Semaphore;
  #compressions = 0;
  #decompressions = 0;
  #failures = 0;
  #originalBytes = 0;
  #compressedBytes = 0;

  constructor(options: CompressorOptions) {
    this.#settings = compressorSettings(options);
    this.#turns = new Semaphore(this.#settings.concurrency);
  }

  async compress(data: Uint8Array): Promise<Uint8Array> {
    const { codec, level } = this.#settings;
    const inputBytes = bytesOf(data);
    try {
      const output = await this.#turns.run(() => codec.compress(data, level));
      this.#countCompression(inputBytes, output);
      return output;
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  compressSync(data: Uint8Array): Uint8Array {
    const { codec, level } = this.#settings;
    const inputBytes = bytesOf(data);
    try {
      const output = codec.compressSync(data, level);
      this.#countCompression(inputBytes, output);
      return output;
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  async decompress(data: Uint8Array, options?: DecompressOptions): Promise<Uint8Array> {
    const limit = this.#limit(data, options);
    try {
      const output = await this.#turns.run(() => this.#settings.codec.decompress(data, limit));
      this.#decompressions++;
      return output;
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  decompressSync(data: Uint8Array, options?: DecompressOptions): Uint8Array {
    const limit = this.#limit(data, options);
    try {
      const output = this.#settings.codec.decompressSync(data, limit);
      this.#decompressions++;
      return output;
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  stats(): CompressorStats {
    return {
      compressions: this.#compressions,
      decompressions: this.#decompressions,
      failures: this.#failures,
      originalBytes: this.#originalBytes,
      compressedBytes: this.#compressedBytes,
      saved: this.#originalBytes === 0 ? 0 : 1 - this.#compressedBytes / this.#originalBytes,
      running: this.#turns.running,
      waiting: this.#turns.waiting,
    };
  }

  #limit(data: Uint8Array, options: DecompressOptions | undefined): number {
    bytesOf(data);
    const { maxOutputBytes } = options ?? {};
    return maxOutputBytes === undefined ? this.#settings.maxOutputBytes : outputLimit(maxOutputBytes);
  }

  #countCompression(inputBytes: number, output: Uint8Array): void {
    this.#compressions++;
    this.#originalBytes += inputBytes;
    this.#compressedBytes += output.byteLength;
  }
}

/** Checked here because zlib also takes strings and other views, whose size would be miscounted. */
function bytesOf(data: unknown): number {
  if (data instanceof Uint8Array) return data.byteLength;
  throw new TypeError(expected('data', 'a Uint8Array', data));
}
