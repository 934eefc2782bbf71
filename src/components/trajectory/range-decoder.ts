import type { BitModel } from './bit-model.ts';

/** The other side of RangeEncoder. Past its end it reads zeros: it always comes to an end, and whoever counts bytes tells. */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #low = 0;
  #high = 0xffffffff;
  #value = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let count = 0; count < 4; count++) this.#value = ((this.#value << 8) | this.#next()) >>> 0;
  }

  bit(models: BitModel, model: number): number {
    // hot path
    const bit = this.#split(models.ofOne(model));
    models.learn(model, bit);
    return bit;
  }

  plain(count: number): number {
    // hot path
    let value = 0;
    for (let at = 0; at < count; at++) value = value * 2 + this.#split(32_768);
    return value;
  }

  #split(one: number): number {
    const range = this.#high - this.#low;
    const middle = this.#low + (range >>> 16) * one + (((range & 0xffff) * one) >>> 16);
    const bit = this.#value <= middle ? 1 : 0;
    if (bit === 1) this.#high = middle;
    else this.#low = middle + 1;
    while ((this.#low ^ this.#high) >>> 24 === 0) {
      this.#low = (this.#low << 8) >>> 0;
      this.#high = ((this.#high << 8) | 255) >>> 0;
      this.#value = ((this.#value << 8) | this.#next()) >>> 0;
    }
    return bit;
  }

  #next(): number {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++]! : 0;
  }
}
