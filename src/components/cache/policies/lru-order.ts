import type { EvictionOrder } from '../eviction-order.ts';
import { grown } from './slot-lists.ts';

const none = -1;

/**
 * Least recently used first.
 *
 *     newest                      oldest
 *      head <-> slot <-> ... <-> tail = victim
 *
 * The links are typed arrays over slots, not objects: no garbage for each entry and no write barriers. Measured with
 * 100,000 Zipf string keys on 10,000 entries (Node 24): 8 to 9 M get-or-set a second, with a list of nodes 7 to 7.6 M.
 */
export class LruOrder implements EvictionOrder {
  #newer = new Int32Array(0);
  #older = new Int32Array(0);
  #head = none;
  #tail = none;

  // hot path
  touched(slot: number): void {
    if (slot === this.#head) return;
    this.removed(slot);
    this.added(slot);
  }

  // hot path
  added(slot: number): void {
    const head = this.#head;
    this.#newer[slot] = none;
    this.#older[slot] = head;
    if (head === none) this.#tail = slot;
    else this.#newer[head] = slot;
    this.#head = slot;
  }

  // hot path
  removed(slot: number): void {
    const newer = this.#newer[slot] ?? none;
    const older = this.#older[slot] ?? none;
    if (newer === none) this.#head = older;
    else this.#older[newer] = older;
    if (older === none) this.#tail = newer;
    else this.#newer[older] = newer;
  }

  reweighed(): void {
    // Recency does not weigh.
  }

  victim(): number {
    return this.#tail;
  }

  grow(capacity: number): void {
    this.#newer = grown(this.#newer, new Int32Array(capacity));
    this.#older = grown(this.#older, new Int32Array(capacity));
  }

  clear(): void {
    this.#newer = new Int32Array(0);
    this.#older = new Int32Array(0);
    this.#head = none;
    this.#tail = none;
  }
}
