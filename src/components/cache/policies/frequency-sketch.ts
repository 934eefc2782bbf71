import { mixBits } from './key-hasher.ts';

const wordsInBlock = 16;
const fewestBlocks = 16;
const mostUses = 15;

/**
 * How often a key was used lately, about, by its hash: a count-min sketch of 4-bit counters whose counts are all
 * halved now and then (Cormode and Muthukrishnan 2005; Einziger, Friedman and Manes, "TinyLFU", 2017).
 *
 * The four counters of a key lie in one block of 64 bytes, so that an estimate costs one cache miss. There are 16
 * counters for each entry, which makes the "doorkeeper" filter of the paper unnecessary. Memory follows the entries
 * held: growing copies every block to the two that its keys may fall into, so no estimate becomes smaller.
 */
export class FrequencySketch {
  #words = new Uint32Array(0);
  #mask = 0;

  /** Count so many uses, up to 15; the estimate with them: never less than there were since the last halving. */
  // hot path
  add(hash: number, uses: number): number {
    const words = this.#words;
    const block = (hash & this.#mask) * wordsInBlock;
    let bits = mixBits(hash ^ 0x5bd1_e995);
    let least = mostUses;
    for (let row = 0; row < wordsInBlock; row += 4) {
      const index = block + row + (bits & 3);
      const shift = bits & 28;
      const word = words[index] ?? 0;
      const before = (word >>> shift) & 15;
      const after = Math.min(mostUses, before + uses);
      if (after !== before) words[index] = word + ((after - before) << shift);
      if (after < least) least = after;
      bits >>>= 5;
    }
    return least;
  }

  /** Forget half of every count. */
  halve(): void {
    const words = this.#words;
    for (let index = 0; index < words.length; index++)
      words[index] = ((words[index] ?? 0) >>> 1) & 0x7777_7777;
  }

  grow(capacity: number): void {
    const blocks = Math.max(fewestBlocks, 2 ** Math.ceil(Math.log2(capacity / (wordsInBlock / 2))));
    const old = this.#words;
    if (blocks * wordsInBlock <= old.length) return;
    this.#words = new Uint32Array(blocks * wordsInBlock);
    for (let start = 0; old.length > 0 && start < this.#words.length; start += old.length)
      this.#words.set(old, start);
    this.#mask = blocks - 1;
  }

  clear(): void {
    this.#words = new Uint32Array(0);
    this.#mask = 0;
  }
}
