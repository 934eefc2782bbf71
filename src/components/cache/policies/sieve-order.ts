import type { EvictionOrder } from '../eviction-order.ts';
import { grown, SlotLists } from './slot-lists.ts';

const none = -1;
const queue = 0;

/**
 * SIEVE (Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024): one queue in order of arrival, one bit for each entry
 * and one hand. A hit sets the bit and moves nothing. The hand walks from the oldest to the newest, clears the bits it
 * meets, and takes the first entry without one; what it passed stays where it is. Not scan-resistant: a loop longer
 * than the cache never hits. A victim costs as many steps as hits have set bits since: O(1) amortised.
 */
export class SieveOrder implements EvictionOrder {
  readonly #lists = new SlotLists(1);
  #visited = new Uint8Array(0);
  /** Where the next walk starts; -1: at the oldest. */
  #hand = none;

  // hot path
  touched(slot: number): void {
    this.#visited[slot] = 1;
  }

  added(slot: number): void {
    this.#visited[slot] = 0;
    this.#lists.push(queue, slot);
  }

  removed(slot: number): void {
    if (slot === this.#hand) this.#hand = this.#lists.newer(slot);
    this.#lists.remove(queue, slot);
  }

  reweighed(): void {
    // Only order of arrival and hits count.
  }

  victim(): number {
    let slot = this.#hand === none ? this.#lists.tail(queue) : this.#hand;
    while (this.#visited[slot] === 1) {
      this.#visited[slot] = 0;
      const newer = this.#lists.newer(slot);
      slot = newer === none ? this.#lists.tail(queue) : newer;
    }
    this.#hand = slot;
    return slot;
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#visited = grown(this.#visited, new Uint8Array(capacity));
  }

  clear(): void {
    this.#lists.clear();
    this.#visited = new Uint8Array(0);
    this.#hand = none;
  }
}
