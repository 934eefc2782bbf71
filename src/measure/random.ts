/**
 * A seeded stream of pseudo-random numbers: sfc32 ("Small Fast Counting", 32 bits; Chris Doty-Humphrey, PractRand),
 * average period about 2^127. The same seed gives the same numbers on every machine.
 */
export class Random {
  readonly #seed: number;
  readonly #stream: number;
  // Signed 32-bit words: V8 keeps them as small integers.
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `stream` tells apart the streams of one seed; callers use `createRandom` and `fork`. */
  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
    this.#a = stream | 0;
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 2 ** 32) | 0;
    // As the reference implementation: a dozen rounds mix the seed into all of the state.
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** An integer, 0 to 2^32 - 1. */
  uint32(): number {
    // hot path
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** A number in [0, 1) with 53 random bits. */
  next(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** An integer, 0 to n - 1, each equally likely. Throws RangeError unless n is an integer from 1 to 2^32. */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`Expected \`n\` to be an integer from 1 to 2^32, got \`${n}\``);
    }
    // Values past the last whole multiple of n would favour the small results: draw again.
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const value = this.uint32();
      if (value < limit) return value % n;
    }
  }

  /** A stream of its own for a purpose: it depends on the seed and the labels only, not on what was drawn before. */
  fork(label: string): Random {
    // FNV-1a, 32 bits (Fowler, Noll, Vo), continued from this stream's own hash
    let hash = this.#stream ^ 0x811c9dc5;
    for (let index = 0; index < label.length; index++) {
      hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
    }
    return new Random(this.#seed, hash);
  }
}

/** The stream of a seed: any integer, of which 53 bits count. */
export function createRandom(seed: number): Random {
  return new Random(seed, 0);
}

/** Put the items in a random order, in place (Fisher and Yates; Durstenfeld 1964). */
export function shuffle<T>(items: T[], random: Random): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.int(last + 1);
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}
