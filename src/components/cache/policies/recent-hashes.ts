import { KeyHasher } from './key-hasher.ts';
import { grown } from './slot-lists.ts';

/** Places for each slot: most entries that leave have come a short time ago. */
const share = 1 / 32;

/**
 * The hashes of the entries that came last, half a byte for each slot: a direct-mapped table by slot, which spares the
 * second look at the text of a key when its entry leaves soon. Of others the key is hashed again.
 */
export class RecentHashes {
  readonly #hasher = new KeyHasher();
  #hashes = new Int32Array(0);
  /** 1 + the slot; 0: free. */
  #owners = new Int32Array(0);
  #mask = 0;

  /** The hash of the key that has come to the slot. */
  add(slot: number, key: unknown): number {
    const hash = this.#hasher.hash(key);
    this.#hashes[slot & this.#mask] = hash;
    this.#owners[slot & this.#mask] = slot + 1;
    return hash;
  }

  /** The hash of the key that the slot holds since `add`. */
  hash(slot: number, key: unknown): number {
    if (this.#owners[slot & this.#mask] === slot + 1) return this.#hashes[slot & this.#mask] ?? 0;
    return this.#hasher.hash(key);
  }

  grow(capacity: number): void {
    const places = 2 ** Math.max(4, Math.floor(Math.log2(capacity * share)));
    if (places <= this.#hashes.length) return;
    this.#mask = places - 1;
    // A place of the shorter table may not be the slot's in the longer one: it is then not found, never wrong.
    this.#hashes = grown(this.#hashes, new Int32Array(places));
    this.#owners = grown(this.#owners, new Int32Array(places));
  }

  clear(): void {
    this.#hashes = new Int32Array(0);
    this.#owners = new Int32Array(0);
    this.#mask = 0;
  }
}
