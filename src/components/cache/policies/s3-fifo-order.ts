import type { EvictionOrder } from '../eviction-order.ts';
import { GhostTable } from './ghost-table.ts';
import { KeyHasher } from './key-hasher.ts';
import { grown } from './slot-lists.ts';
import { WeighedLists } from './weighed-lists.ts';

const small = 0;
const main = 1;
const smallShare = 0.1;
const mostUses = 3;
/** Uses in the small queue that move an entry to the main one: more than one, as in the authors' own code. */
const promotionUses = 2;

/**
 * S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023): newcomers wait in a small
 * queue, a tenth of the cache; those used there go on to the main queue, the others leave and only their hashes are
 * remembered, in a ghost queue as long as the main one. A key that comes back while it is remembered goes to the main
 * queue at once. There an entry that was used goes round again, with one use less. A hit adds to a counter of two bits
 * and moves nothing. The queues are measured in bytes where bytes are counted, in entries otherwise.
 */
export class S3FifoOrder implements EvictionOrder {
  readonly #lists: WeighedLists;
  readonly #hasher = new KeyHasher();
  readonly #ghosts = new GhostTable();
  #uses = new Uint8Array(0);
  #hash = new Int32Array(0);

  constructor({ weighted }: { readonly weighted: boolean }) {
    this.#lists = new WeighedLists(2, weighted);
  }

  // hot path
  touched(slot: number): void {
    const uses = this.#uses[slot] ?? 0;
    if (uses < mostUses) this.#uses[slot] = uses + 1;
  }

  added(slot: number, key: unknown, weight: number): void {
    const hash = this.#hasher.hash(key);
    const list = this.#ghosts.take(hash, this.#lists.length(main)) ? main : small;
    this.#hash[slot] = hash;
    this.#uses[slot] = 0;
    this.#lists.add(list, slot, weight);
  }

  removed(slot: number): void {
    this.#lists.remove(slot);
  }

  reweighed(slot: number, weight: number): void {
    this.#lists.reweigh(slot, weight);
  }

  victim(): number {
    for (;;) {
      const fromSmall = this.#isSmallFull() || this.#lists.length(main) === 0;
      const slot = this.#lists.tail(fromSmall ? small : main);
      const uses = this.#uses[slot] ?? 0;
      if (fromSmall) {
        if (uses < promotionUses) {
          this.#ghosts.add(this.#hash[slot] ?? 0);
          return slot;
        }
        this.#lists.move(slot, small, main);
        this.#uses[slot] = 0;
      } else {
        if (uses === 0) return slot;
        this.#uses[slot] = uses - 1;
        this.#lists.toHead(main, slot);
      }
    }
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#ghosts.grow(capacity);
    this.#uses = grown(this.#uses, new Uint8Array(capacity));
    this.#hash = grown(this.#hash, new Int32Array(capacity));
  }

  clear(): void {
    this.#lists.clear();
    this.#ghosts.clear();
    this.#uses = new Uint8Array(0);
    this.#hash = new Int32Array(0);
  }

  #isSmallFull(): boolean {
    return this.#lists.length(small) > 0 && this.#lists.size(small) >= smallShare * this.#lists.total;
  }
}
