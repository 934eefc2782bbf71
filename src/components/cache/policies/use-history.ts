import { mixBits } from './key-hasher.ts';

const ways = 8;
const mostUses = 15;

/**
 * Keys that left, by hash, with the number of uses that each had: a set-associative table of 16-bit words. A full set
 * forgets the key with the fewest uses, of those the one that left first.
 *
 *     set:  newest |tag 12, uses 4| ... |tag 12, uses 4| oldest       0: free
 *
 * Approximate: two keys of one set and tag are one (2 of 1,000 look-ups of a stranger find somebody), and the sets do not
 * fill up at the same time. Memory follows the entries held: growing copies every set to those that its keys may fall
 * into; to a whole multiple nothing is forgotten, else at most the older half of some. All O(1) but `grow` and `halve`.
 */
export class UseHistory {
  #words = new Uint16Array(0);
  #sets = 0;

  /** The uses of the key, which is forgotten; 0: a stranger. */
  // hot path
  take(hash: number): number {
    const words = this.#words;
    const mixed = mixBits(hash);
    const tag = mixed & 0xfff;
    const first = this.#firstOf(mixed);
    for (let index = first; index < first + ways; index++) {
      const word = words[index] ?? 0;
      if (word >>> 4 !== tag || word === 0) continue;
      words[index] = 0;
      return word & mostUses;
    }
    return 0;
  }

  /** Nothing is kept of a key without uses; more than 15 are 15. */
  // hot path
  put(hash: number, uses: number): void {
    if (this.#sets === 0 || uses <= 0) return;
    const words = this.#words;
    const mixed = mixBits(hash);
    const first = this.#firstOf(mixed);
    let place = first;
    let least = mostUses + 1;
    for (let index = first + ways - 1; index >= first; index--) {
      const others = (words[index] ?? 0) & mostUses;
      if (others >= least) continue;
      least = others;
      place = index;
    }
    for (; place > first; place--) words[place] = words[place - 1] ?? 0;
    words[first] = ((mixed & 0xfff) << 4) | Math.min(mostUses, uses);
  }

  /** Forget half of every count, and those of whom nothing is left. */
  halve(): void {
    const words = this.#words;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] ?? 0;
      const uses = (word & mostUses) >>> 1;
      // All ones but for no uses: a branch would be mispredicted every other time.
      words[index] = ((word & 0xfff0) | uses) & -((uses + 7) >>> 3);
    }
  }

  /** Room for so many keys; less is ignored. */
  grow(capacity: number): void {
    const [words, sets] = [this.#words, this.#sets];
    const more = Math.ceil(capacity / ways);
    if (more <= sets) return;
    this.#words = new Uint16Array(more * ways);
    this.#sets = more;
    if (sets === 0) return;
    for (let set = 0; set < more; set++) {
      const from = Math.floor((set * sets) / more);
      const to = Math.floor(((set + 1) * sets - 1) / more);
      this.#copy(words, from * ways, to * ways, set * ways);
    }
  }

  clear(): void {
    this.#words = new Uint16Array(0);
    this.#sets = 0;
  }

  /** What begins at `left` and `right` (one set, or two of which each gives its newest) to the set at `first`. */
  #copy(words: Uint16Array, left: number, right: number, first: number): void {
    const kept = left === right ? ways : ways >> 1;
    for (let way = 0; way < kept; way++) {
      this.#words[first + way] = words[left + way] ?? 0;
      if (left !== right) this.#words[first + kept + way] = words[right + way] ?? 0;
    }
  }

  /** By the hash's part of all hashes, so that any number of sets will do and growing splits each set. */
  #firstOf(mixed: number): number {
    return Math.floor(((mixed >>> 0) * this.#sets) / 2 ** 32) * ways;
  }
}
