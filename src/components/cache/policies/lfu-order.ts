import type { EvictionOrder } from '../eviction-order.ts';
import { grown, SlotLists } from './slot-lists.ts';

const none = -1;
const classes = 256;
/** The highest number of an aging. */
const lastAging = 255;
/** Uses between two agings, for each entry held. */
const agingPeriod = 10;

/**
 * Least frequently used first, of those the least recently used one. A list for each count of uses makes every
 * operation O(1) (Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme", 2010).
 *
 *     uses:   1        2        3   ...  255 (and more)
 *             |        |
 *           slots    slots      -
 *
 * Counts age, so that what was popular long ago does not stay for ever: after 10 uses for each entry held all counts
 * are halved. That is 128 joins of two lists, however many entries there are: an entry's own count is brought up to
 * date when it is looked at, by as many halvings as there have been since. Those are numbered by a byte: after 255 of
 * them every entry's count is brought up to date, once in some 2,500 uses for each.
 */
export class LfuOrder implements EvictionOrder {
  readonly #lists = new SlotLists(classes);
  #count = new Uint8Array(0);
  #agings = new Uint8Array(0);
  #aging = 0;
  #uses = 0;
  #length = 0;
  #lowest = 1;

  // hot path
  touched(slot: number): void {
    const count = this.#countOf(slot);
    if (count === classes - 1) this.#lists.toHead(count, slot);
    else {
      this.#lists.remove(count, slot);
      this.#put(slot, count + 1);
    }
    this.#used();
  }

  added(slot: number): void {
    this.#put(slot, 1);
    this.#lowest = 1;
    this.#length++;
    this.#used();
  }

  removed(slot: number): void {
    this.#lists.remove(this.#countOf(slot), slot);
    this.#length--;
  }

  reweighed(): void {
    // Frequency does not weigh.
  }

  victim(): number {
    while (this.#lowest < classes - 1 && this.#lists.length(this.#lowest) === 0) this.#lowest++;
    return this.#lists.tail(this.#lowest);
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#count = grown(this.#count, new Uint8Array(capacity));
    this.#agings = grown(this.#agings, new Uint8Array(capacity));
  }

  clear(): void {
    this.#lists.clear();
    this.#count = new Uint8Array(0);
    this.#agings = new Uint8Array(0);
    this.#aging = 0;
    this.#length = 0;
    this.#uses = 0;
    this.#lowest = 1;
  }

  #put(slot: number, count: number): void {
    this.#count[slot] = count;
    this.#agings[slot] = this.#aging;
    this.#lists.push(count, slot);
  }

  #countOf(slot: number): number {
    const halvings = this.#aging - (this.#agings[slot] ?? 0);
    // A shift takes its distance modulo 32; a count of 8 bits is 1 after 8 of them anyway.
    return Math.max(1, (this.#count[slot] ?? 1) >> Math.min(halvings, 8));
  }

  #used(): void {
    if (++this.#uses < agingPeriod * this.#length) return;
    this.#uses = 0;
    this.#aging++;
    // Upward, so that a list is empty or already halved when the next one comes down to it.
    for (let count = 2; count < classes; count++) this.#joinInto(count, count >> 1);
    this.#lowest = 1;
    if (this.#aging === lastAging) this.#renumber();
  }

  /** Every list is of its count by now. */
  #renumber(): void {
    this.#aging = 0;
    for (let count = 1; count < classes; count++) {
      for (let slot = this.#lists.tail(count); slot !== none; slot = this.#lists.newer(slot)) {
        this.#count[slot] = count;
        this.#agings[slot] = 0;
      }
    }
  }

  /** Those with more uses are the newer part of the joined list. */
  #joinInto(from: number, to: number): void {
    if (this.#lists.length(from) === 0) return;
    this.#lists.append(to, from);
    this.#lists.append(from, to);
  }
}
