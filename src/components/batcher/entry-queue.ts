import { TimeHeap } from '../internal/time-heap.ts';
import type { BatchEntry } from './batch-entry.ts';
import type { Overflow } from './batcher-options.ts';
import { PriorityLanes } from './priority-lanes.ts';

export interface EntryQueueOptions {
  /** Most entries that wait, for the first time or again. */
  readonly maxQueue: number;
  readonly agingBatches: number;
  /** With 'block', what comes to a full queue waits for room; else it is the caller who makes room. */
  readonly overflow: Overflow;
}

/**
 * Entries on their way to the handler: those that wait, those for which there is no room yet, and those between two
 * attempts. With keys, an entry that waits or is blocked is found by its key.
 */
export class EntryQueue<T, R> {
  readonly waiting: PriorityLanes<BatchEntry<T, R>>;
  readonly #blocked: PriorityLanes<BatchEntry<T, R>>;
  readonly #maxQueue: number;
  readonly #blocks: boolean;
  /** By the time of their next attempt; one that nobody waits for any more stays until then. */
  readonly #backingOff = new TimeHeap<BatchEntry<T, R>>();
  readonly #byKey = new Map<unknown, BatchEntry<T, R>>();
  /** Of those between two attempts, the ones somebody waits for. */
  #backingOffCount = 0;
  /** Of those that wait, the ones that come for another attempt. */
  #waitingAgain = 0;

  constructor({ maxQueue, agingBatches, overflow }: EntryQueueOptions) {
    this.#maxQueue = maxQueue;
    this.#blocks = overflow === 'block';
    this.waiting = new PriorityLanes(agingBatches);
    this.#blocked = new PriorityLanes(agingBatches);
  }

  /** Entries that count towards maxQueue. */
  get size(): number {
    return this.waiting.length + this.#backingOffCount;
  }

  get blocked(): number {
    return this.#blocked.length;
  }

  get full(): boolean {
    return this.size >= this.#maxQueue;
  }

  get waitingAgain(): number {
    return this.#waitingAgain;
  }

  /** When the next attempt of an entry is due; Infinity when there is none. */
  get nextAttemptMs(): number {
    return this.#backingOff.dueMs;
  }

  /** Into a queue that is not full; for an entry without extra. */
  // hot path
  enterPlain(entry: BatchEntry<T, R>): void {
    entry.where = this.waiting;
    this.waiting.push(entry);
  }

  /** To the queue, or, when that is full and blocks, to those who wait for room. */
  enter(entry: BatchEntry<T, R>): void {
    const lanes = this.#blocks && this.full ? this.#blocked : this.waiting;
    entry.where = lanes;
    lanes.push(entry);
    if (entry.extra !== null) this.#byKey.set(entry.extra.key, entry);
  }

  /** Give the room there is to those who wait for it. */
  admitBlocked(): void {
    while (this.#blocked.length > 0 && !this.full) {
      const entry = this.#blocked.shift();
      if (entry === undefined) break;
      entry.where = this.waiting;
      this.waiting.push(entry);
    }
  }

  find(key: unknown): BatchEntry<T, R> | undefined {
    return this.#byKey.get(key);
  }

  /** One of two entries with the same key goes for both; it stands where the more important would. */
  join(entry: BatchEntry<T, R>, equal: BatchEntry<T, R>): void {
    const { where } = equal;
    let [leader, follower] = [equal, entry];
    if (entry.level < equal.level && where instanceof PriorityLanes) {
      [leader, follower] = [entry, equal];
      this.leave(equal);
      entry.where = where;
      where.push(entry);
      this.#byKey.set(entry.extra?.key, entry);
    }
    if (leader.extra === null || follower.extra === null) return;
    leader.extra.followers.push(follower, ...follower.extra.followers);
    follower.extra.followers = [];
    for (const { extra } of leader.extra.followers) if (extra !== null) extra.leader = leader;
  }

  takeBatch(count: number, bytes: number): BatchEntry<T, R>[] {
    const entries = this.waiting.takeBatch(count, bytes);
    if (this.#waitingAgain === 0 && this.#byKey.size === 0) return entries;
    for (const entry of entries) {
      if (entry.extra !== null && entry.extra.attempts > 0) this.#waitingAgain--;
      this.#forgetKey(entry);
    }
    return entries;
  }

  backOff(entry: BatchEntry<T, R>, untilMs: number): void {
    entry.where = 'backing-off';
    this.#backingOffCount++;
    this.#backingOff.push(untilMs, entry);
  }

  /** Those whose next attempt is due wait again, before all others of their priority. */
  endBackOffs(nowMs: number): void {
    const again: BatchEntry<T, R>[] = [];
    for (let due = this.#backingOff.popDue(nowMs); due !== null; due = this.#backingOff.popDue(nowMs)) {
      if (due.value.where === 'backing-off') again.push(due.value);
    }
    for (const entry of again.toReversed()) {
      this.#backingOffCount--;
      this.#waitingAgain++;
      entry.where = this.waiting;
      this.waiting.unshift(entry);
    }
  }

  /** An entry that nobody waits for. */
  leave(entry: BatchEntry<T, R>): void {
    if (entry.where instanceof PriorityLanes) {
      entry.where.remove(entry);
      if (entry.extra !== null && entry.extra.attempts > 0) this.#waitingAgain--;
      this.#forgetKey(entry);
    } else if (entry.where === 'backing-off' && --this.#backingOffCount === 0) this.#backingOff.clear();
    entry.where = null;
  }

  /** Every entry, in no order. */
  entries(): BatchEntry<T, R>[] {
    return [...this.waiting, ...this.#blocked, ...this.#backingOff.values()];
  }

  #forgetKey(entry: BatchEntry<T, R>): void {
    if (entry.extra === null) return;
    if (this.#byKey.get(entry.extra.key) === entry) this.#byKey.delete(entry.extra.key);
  }
}
