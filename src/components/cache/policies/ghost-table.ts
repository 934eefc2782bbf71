import { mixBits } from './key-hasher.ts';

const ways = 4;
/** Places for each key to remember: with so many spare ones hardly a set is full before its time. */
const spare = 1.5;

/**
 * The keys that left most recently, by 32-bit hash, without the keys: a set-associative table in typed arrays, two
 * words an entry, that forgets by order of arrival. Approximate: two keys of one hash are one, and a full set forgets
 * its oldest a little early. All O(1) but `grow`.
 */
export class GhostTable {
  #hashes = new Int32Array(0);
  /** Arrival numbers, which go round after 2^32; 0: free. */
  #arrivals = new Int32Array(0);
  #arrival = 0;
  #sets = 0;

  /** Room for about `capacity` keys; what it knew is kept. */
  grow(capacity: number): void {
    const sets = Math.ceil(Math.max(1, (capacity * spare) / ways));
    if (sets * ways <= this.#hashes.length) return;
    const [hashes, arrivals] = [this.#hashes, this.#arrivals];
    this.#hashes = new Int32Array(sets * ways);
    this.#arrivals = new Int32Array(sets * ways);
    this.#sets = sets;
    for (let index = 0; index < hashes.length; index++) {
      const arrival = arrivals[index] ?? 0;
      if (arrival !== 0) this.#put(hashes[index] ?? 0, arrival);
    }
  }

  add(hash: number): void {
    if (this.#hashes.length === 0) return;
    this.#arrival = (this.#arrival + 1) | 0 || 1;
    this.#put(hash, this.#arrival);
  }

  /** Whether the hash is among the `length` that came last; if so it is forgotten. */
  take(hash: number, length: number): boolean {
    const first = this.#firstOf(hash);
    for (let index = first; index < first + ways; index++) {
      if (this.#hashes[index] !== hash) continue;
      const arrival = this.#arrivals[index] ?? 0;
      if (arrival === 0) continue;
      this.#arrivals[index] = 0;
      return this.#age(arrival) < length;
    }
    return false;
  }

  clear(): void {
    this.#hashes = new Int32Array(0);
    this.#arrivals = new Int32Array(0);
    this.#sets = 0;
  }

  /** In a free place or that of the same hash, or else of the oldest in its set. */
  #put(hash: number, arrival: number): void {
    const first = this.#firstOf(hash);
    let place = first;
    let age = -1;
    for (let index = first; index < first + ways; index++) {
      const other = this.#arrivals[index] ?? 0;
      if (other === 0 || this.#hashes[index] === hash) {
        place = index;
        break;
      }
      if (this.#age(other) <= age) continue;
      place = index;
      age = this.#age(other);
    }
    this.#hashes[place] = hash;
    this.#arrivals[place] = arrival;
  }

  /**
   * The hash as a part of all hashes, so that any number of sets will do; mixed, for those who give only hashes with
   * certain bits.
   */
  #firstOf(hash: number): number {
    return Math.floor(((mixBits(hash) >>> 0) * this.#sets) / 2 ** 32) * ways;
  }

  #age(arrival: number): number {
    return (this.#arrival - arrival) >>> 0;
  }
}
