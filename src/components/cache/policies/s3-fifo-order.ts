import type { EvictionOrder } from '../eviction-order.ts';
import { GhostTable } from './ghost-table.ts';
import { KeyHasher } from './key-hasher.ts';
import { SlotLists } from './slot-lists.ts';

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
  readonly #lists = new SlotLists(2);
  readonly #hasher = new KeyHasher();
  readonly #ghosts = new GhostTable();
  readonly #weighted: boolean;
  #uses = new Uint8Array(0);
  #list = new Uint8Array(0);
  #hash = new Int32Array(0);
  #weight = new Float64Array(0);
  #smallWeight = 0;
  #totalWeight = 0;

  constructor({ weighted }: { readonly weighted: boolean }) {
    this.#weighted = weighted;
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
    this.#list[slot] = list;
    this.#lists.push(list, slot);
    this.#weigh(slot, list, weight);
  }

  removed(slot: number): void {
    const list = this.#list[slot] ?? small;
    this.#weigh(slot, list, 0);
    this.#lists.remove(list, slot);
  }

  reweighed(slot: number, weight: number): void {
    this.#weigh(slot, this.#list[slot] ?? small, weight);
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
        this.#promote(slot);
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
    const [uses, list, hash] = [this.#uses, this.#list, this.#hash];
    this.#uses = new Uint8Array(capacity);
    this.#list = new Uint8Array(capacity);
    this.#hash = new Int32Array(capacity);
    this.#uses.set(uses);
    this.#list.set(list);
    this.#hash.set(hash);
    if (!this.#weighted) return;
    const weight = this.#weight;
    this.#weight = new Float64Array(capacity);
    this.#weight.set(weight);
  }

  clear(): void {
    this.#lists.clear();
    this.#ghosts.clear();
    this.#uses = new Uint8Array(0);
    this.#list = new Uint8Array(0);
    this.#hash = new Int32Array(0);
    this.#weight = new Float64Array(0);
    this.#smallWeight = 0;
    this.#totalWeight = 0;
  }

  #isSmallFull(): boolean {
    const length = this.#lists.length(small);
    if (length === 0) return false;
    if (this.#weighted && this.#totalWeight > 0) return this.#smallWeight >= smallShare * this.#totalWeight;
    return length >= smallShare * (length + this.#lists.length(main));
  }

  #promote(slot: number): void {
    const weight = this.#weight[slot] ?? 0;
    this.#smallWeight -= weight;
    this.#lists.remove(small, slot);
    this.#lists.push(main, slot);
    this.#list[slot] = main;
    this.#uses[slot] = 0;
  }

  #weigh(slot: number, list: number, weight: number): void {
    if (!this.#weighted) return;
    const change = weight - (this.#weight[slot] ?? 0);
    this.#weight[slot] = weight;
    this.#totalWeight += change;
    if (list === small) this.#smallWeight += change;
  }
}
