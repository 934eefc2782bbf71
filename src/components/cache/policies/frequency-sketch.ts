import { mixBits } from './key-hasher.ts';

const wordsInBlock = 16;
const fewestBlocks = 16;
const fewestEntries = 16;
const mostUses = 15;
/** Uses that are remembered for each entry before all counts are halved. */
const samplePeriod = 10;

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
  #additions = 0;

  /** Estimated uses, 0 to 15. Never less than there were since the last halving, until 15. */
  frequency(hash: number): number {
    const block = (hash & this.#mask) * wordsInBlock;
    let bits = mixBits(hash ^ 0x5bd1_e995);
    let least = mostUses;
    for (let row = 0; row < wordsInBlock; row += 4) {
      const word = this.#words[block + row + (bits & 3)] ?? 0;
      const count = (word >>> (bits & 28)) & 15;
      if (count < least) least = count;
      bits >>>= 5;
    }
    return least;
  }

  /** Count a use, in a cache of so many entries. */
  // hot path
  add(hash: number, entries: number): void {
    const words = this.#words;
    const block = (hash & this.#mask) * wordsInBlock;
    let bits = mixBits(hash ^ 0x5bd1_e995);
    let added = 0;
    for (let row = 0; row < wordsInBlock; row += 4) {
      const index = block + row + (bits & 3);
      const shift = bits & 28;
      const word = words[index] ?? 0;
      if (((word >>> shift) & 15) < mostUses) {
        words[index] = word + (1 << shift);
        added = 1;
      }
      bits >>>= 5;
    }
    this.#additions += added;
    if (added === 1 && this.#additions >= samplePeriod * Math.max(entries, fewestEntries)) this.#halve();
  }

  grow(capacity: number): void {
    const blocks = Math.max(fewestBlocks, 2 ** Math.ceil(Math.log2(capacity / (wordsInBlock / 2))));
    const old = this.#words;
    if (blocks * wordsInBlock <= old.length) return;
    this.#words = new Uint32Array(blocks * wordsInBlock);
    for (let start = 0; old.length > 0 && start < this.#words.length; start += old.length) this.#words.set(old, start);
    this.#mask = blocks - 1;
  }

  clear(): void {
    this.#words = new Uint32Array(0);
    this.#mask = 0;
    this.#additions = 0;
  }

  #halve(): void {
    const words = this.#words;
    let odd = 0;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] ?? 0;
      odd += bitCount(word & 0x1111_1111);
      words[index] = (word >>> 1) & 0x7777_7777;
    }
    // A use is in four counters; what the odd ones lost in halving is taken off as well.
    this.#additions = Math.max(0, (this.#additions - (odd >> 2)) >> 1);
  }
}

function bitCount(word: number): number {
  let count = word - ((word >>> 1) & 0x5555_5555);
  count = (count & 0x3333_3333) + ((count >>> 2) & 0x3333_3333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
