import { EntryLane } from './entry-lane.ts';
import type { LaneEntry } from './entry-lane.ts';
import { priorities } from './priorities.ts';

/** A moment that all entries of one tick share. */
export interface Tick {
  readonly ms: number;
  /** Later ticks have larger ones. */
  readonly order: number;
}

export interface PrioritizedEntry extends LaneEntry {
  /** 0 is the most important. */
  readonly level: number;
  readonly added: Tick;
}

/**
 * A queue for each priority, with aging. A batch is filled from the most important entries, but a priority that gave
 * nothing to the last `agingBatches` batches goes first in the next one.
 *
 * No priority starves: when several are that old, the oldest goes first, and at most three others can be as old. So
 * each that has entries gives at least one to every agingBatches + 4 consecutive batches, and an entry behind k of its
 * own priority leaves with the (k + 1) * (agingBatches + 4)th batch at the latest. Nor do the most
 * important wait long for that: at most three batches in a row have none of them while some wait.
 */
export class PriorityLanes<T extends PrioritizedEntry> {
  readonly #lanes: readonly EntryLane<T>[] = priorities.map(() => new EntryLane<T>());
  /** For each priority: batches since it last gave an entry or was empty. */
  readonly #passedOver: number[] = priorities.map(() => 0);
  readonly #agingBatches: number;
  #length = 0;
  #bytes = 0;

  constructor(agingBatches: number) {
    this.#agingBatches = agingBatches;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(entry: T): void {
    this.#laneOf(entry).push(entry);
    this.#length++;
    this.#bytes += entry.bytes;
  }

  /** Before all others of its priority. */
  unshift(entry: T): void {
    this.#laneOf(entry).unshift(entry);
    this.#length++;
    this.#bytes += entry.bytes;
  }

  /** The entry must stand here. */
  remove(entry: T): void {
    this.#laneOf(entry).remove(entry);
    this.#length--;
    this.#bytes -= entry.bytes;
  }

  /** The next batch, at least one entry where there is one: at most `count`, and not more bytes than `bytes` but for its first. */
  takeBatch(count: number, bytes: number): T[] {
    const only = this.#length <= count && this.#bytes <= bytes ? this.#onlyLane() : undefined;
    if (only !== undefined) {
      this.#length = 0;
      this.#bytes = 0;
      for (let level = 0; level < this.#passedOver.length; level++) this.#passedOver[level] = 0;
      return only.takeAll();
    }
    const batch: T[] = [];
    const aged = this.#agedLevel();
    let movedBytes = aged === -1 ? 0 : this.#moveFrom(aged, batch, count, bytes);
    for (let level = 0; level < this.#lanes.length; level++) {
      movedBytes += this.#moveFrom(level, batch, count, bytes - movedBytes);
      // What is less important does not go past what found no room.
      if (this.#lanes[level]!.length > 0) break;
    }
    this.#length -= batch.length;
    this.#bytes -= movedBytes;
    for (let level = 0; level < this.#lanes.length; level++) {
      if (this.#lanes[level]!.length > 0) this.#passedOver[level]!++;
      else this.#passedOver[level] = 0;
    }
    return batch;
  }

  /** The next entry in order of importance, without regard to age. */
  shift(): T | undefined {
    for (const lane of this.#lanes) {
      const entry = lane.first;
      if (entry === undefined) continue;
      this.remove(entry);
      return entry;
    }
    return undefined;
  }

  /** The oldest entry of the least important, if it is no more important than `level`. */
  leastImportant(level: number): T | undefined {
    for (let lowest = this.#lanes.length - 1; lowest >= level; lowest--) {
      const entry = this.#lanes[lowest]?.first;
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** When the entry that waits longest was added; Infinity when none waits. */
  oldestMs(): number {
    let oldest = Infinity;
    for (const lane of this.#lanes) oldest = Math.min(oldest, lane.first?.added.ms ?? Infinity);
    return oldest;
  }

  /** The earliest tick by its order; Infinity when none waits. */
  oldestOrder(): number {
    let oldest = Infinity;
    for (const lane of this.#lanes) oldest = Math.min(oldest, lane.first?.added.order ?? Infinity);
    return oldest;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const lane of this.#lanes) yield* lane;
  }

  #laneOf(entry: T): EntryLane<T> {
    const lane = this.#lanes[entry.level];
    if (lane === undefined) throw new RangeError(`Expected a level of 0 to 3, got ${entry.level}.`);
    return lane;
  }

  /** The lane that has all entries; undefined where several have some. */
  #onlyLane(): EntryLane<T> | undefined {
    for (const lane of this.#lanes) if (lane.length === this.#length) return lane;
    return undefined;
  }

  /** The priority passed over longest, if that is too long; else -1. */
  #agedLevel(): number {
    let aged = -1;
    let longest = this.#agingBatches - 1;
    for (let level = 0; level < this.#passedOver.length; level++) {
      const passedOver = this.#passedOver[level] ?? 0;
      if (passedOver <= longest || this.#lanes[level]?.first === undefined) continue;
      aged = level;
      longest = passedOver;
    }
    return aged;
  }

  #moveFrom(level: number, batch: T[], count: number, bytes: number): number {
    const before = batch.length;
    const moved = this.#lanes[level]!.moveTo(batch, count, bytes);
    // Counted up at the end of the batch.
    if (batch.length > before) this.#passedOver[level] = -1;
    return moved;
  }
}
