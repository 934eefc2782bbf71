import type { EvictionOrder } from '../eviction-order.ts';
import { RecentHashes } from './recent-hashes.ts';
import { UseHistory } from './use-history.ts';
import { WeighedLists } from './weighed-lists.ts';

const none = -1;
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
  readonly #hashes = new RecentHashes();
  readonly #ghosts = new UseHistory();
  /** The last victim of the small queue. */
  #leaving = none;

  constructor({ weighted }: { readonly weighted: boolean }) {
    this.#lists = new WeighedLists(2, weighted);
  }

  // hot path
  touched(slot: number): void {
    this.#lists.addUse(slot, mostUses);
  }

  added(slot: number, key: unknown, weight: number): void {
    const isBack = this.#ghosts.take(this.#hashes.add(slot, key)) > 0;
    this.#lists.add(isBack ? main : small, slot, weight);
  }

  removed(slot: number, key: unknown): void {
    if (slot === this.#leaving) this.#ghosts.put(this.#hashes.hash(slot, key), 1);
    this.#leaving = none;
    this.#lists.remove(slot);
  }

  reweighed(slot: number, weight: number): void {
    this.#lists.reweigh(slot, weight);
  }

  victim(): number {
    for (;;) {
      const fromSmall = this.#isSmallFull() || this.#lists.length(main) === 0;
      const slot = this.#lists.tail(fromSmall ? small : main);
      const uses = this.#lists.uses(slot);
      if (fromSmall) {
        if (uses < promotionUses) {
          this.#leaving = slot;
          return slot;
        }
        this.#lists.move(slot, small, main);
        this.#lists.setUses(slot, 0);
      } else {
        if (uses === 0) return slot;
        this.#lists.setUses(slot, uses - 1);
        this.#lists.toHead(main, slot);
      }
    }
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#hashes.grow(capacity);
    this.#ghosts.grow((1 - smallShare) * capacity);
  }

  clear(): void {
    this.#lists.clear();
    this.#hashes.clear();
    this.#ghosts.clear();
    this.#leaving = none;
  }

  #isSmallFull(): boolean {
    return this.#lists.length(small) > 0 && this.#lists.size(small) >= smallShare * this.#lists.total;
  }
}
