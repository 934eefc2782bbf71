/** Highest count: the more a model has seen, the less one bit moves it, down to 1/60. */
const steady = 60;

/**
 * Probabilities of bits that adapt: model i starts at one half, moves by 1/1.5 of the way with its first bit and by
 * less with each (Krichevsky and Trofimov's estimator, held back at `steady` so that it follows changes).
 */
export class BitModel {
  /** Of a one, in 1/65536; never 0 or 1, so that either bit can be coded. */
  readonly #ones: Uint16Array;
  readonly #seen: Uint8Array;

  constructor(models: number) {
    this.#ones = new Uint16Array(models).fill(32_768);
    this.#seen = new Uint8Array(models);
  }

  ofOne(model: number): number {
    return this.#ones[model]!;
  }

  learn(model: number, bit: number): void {
    // hot path
    const seen = this.#seen[model]!;
    const one = this.#ones[model]!;
    const moved = one + ((bit === 1 ? 65_535 : 0) - one) / (seen + 1.5);
    this.#ones[model] = moved < 64 ? 64 : moved > 65_472 ? 65_472 : moved;
    if (seen < steady) this.#seen[model] = seen + 1;
  }
}
