import type { BitModel } from './bit-model.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * Binary arithmetic coder without carries: [low, high] is the range of all continuations, its common first bytes are
 * written as soon as they are known. After Mahoney's "fpaq0" scheme (Data Compression Explained, 4.1), with 16-bit
 * probabilities.
 */
export class RangeEncoder {
  readonly #out: ByteWriter;
  #low = 0;
  #high = 0xffffffff;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  /** A bit that the model expects more or less; the model learns it. */
  bit(bit: number, models: BitModel, model: number): void {
    // hot path
    this.#split(bit, models.ofOne(model));
    models.learn(model, bit);
  }

  /** The lowest `count` bits of a number below 2^count, none more likely than the other. */
  plain(value: number, count: number): void {
    // hot path
    for (let at = count - 1; at >= 0; at--) this.#split(Math.floor(value / 2 ** at) % 2, 32_768);
  }

  /** One byte tells the range from all others: low and high differ in their first, and the reader goes on with zeros. */
  finish(): void {
    this.#out.byte(this.#high >>> 24);
  }

  #split(bit: number, one: number): void {
    const range = this.#high - this.#low;
    const middle = this.#low + (range >>> 16) * one + (((range & 0xffff) * one) >>> 16);
    if (bit === 1) this.#high = middle;
    else this.#low = middle + 1;
    while ((this.#low ^ this.#high) >>> 24 === 0) {
      this.#out.byte(this.#high >>> 24);
      this.#low = (this.#low << 8) >>> 0;
      this.#high = ((this.#high << 8) | 255) >>> 0;
    }
  }
}
