import { LinkedList } from '../internal/linked-list.ts';
import type { BatchCounters } from './batch-counters.ts';
import type { BatchEntry } from './batch-entry.ts';
import { FlushWaits } from './flush-waits.ts';
import { SizeWaits } from './size-waits.ts';

/** How an entry may end without a result; the counters have one of each name. */
export type Outcome = 'failed' | 'aborted' | 'dropped' | 'expired';

/** Entries that have no result yet, who waits for them to have one, and by when some must. */
export class Settlements<T, R> {
  readonly #counters: BatchCounters;
  readonly #timeoutMs: number;
  /** All have the same time, so the first to come is the first to expire. */
  readonly #deadlines = new LinkedList<BatchEntry<T, R>>();
  readonly #flushWaits = new FlushWaits();
  readonly #idleWaits = new SizeWaits();

  /** `timeoutMs`: how long after it was added an entry with a deadline expires. */
  constructor(counters: BatchCounters, timeoutMs: number) {
    this.#counters = counters;
    this.#timeoutMs = timeoutMs;
  }

  /** When the next entry expires; Infinity when none will. */
  get nextDeadlineMs(): number {
    const head = this.#deadlines.first;
    return head === null ? Infinity : head.value.added.ms + this.#timeoutMs;
  }

  /** One entry more, which will be settled here. */
  // hot path
  expect(): void {
    this.#counters.added++;
  }

  /** Give the entry a deadline. It must have extra fields. */
  limit(entry: BatchEntry<T, R>): void {
    if (entry.extra !== null) entry.extra.deadline = this.#deadlines.push(entry);
  }

  /** An entry whose time is over and that is not settled; null when there is none. */
  expired(nowMs: number): BatchEntry<T, R> | null {
    return this.nextDeadlineMs > nowMs ? null : (this.#deadlines.first?.value ?? null);
  }

  /** The entry and those that follow it. */
  // hot path
  succeed(entry: BatchEntry<T, R>, value: R): void {
    if (entry.succeed(value)) {
      this.#counters.completed++;
      this.#settled(entry);
    }
    if (entry.extra !== null) this.#succeedFollowers(entry.extra.followers, value);
  }

  /** The entry and those that follow it. */
  fail(entry: BatchEntry<T, R>, reason: unknown, outcome: Outcome): void {
    this.failOne(entry, reason, outcome);
    for (const follower of entry.followers) this.fail(follower, reason, outcome);
  }

  /** Only the entry; false when it was settled already. */
  failOne(entry: BatchEntry<T, R>, reason: unknown, outcome: Outcome): boolean {
    if (!entry.fail(reason)) return false;
    this.#counters[outcome]++;
    this.#settled(entry);
    return true;
  }

  /** Resolves when every entry of the ticks up to this one, the last so far, is settled. */
  untilSettled(upTo: number): Promise<void> {
    return this.#flushWaits.wait(upTo, this.#counters.unsettled);
  }

  untilIdle(): Promise<void> {
    return this.#idleWaits.wait(1, this.#counters.unsettled);
  }

  #succeedFollowers(followers: readonly BatchEntry<T, R>[], value: R): void {
    for (const follower of followers) this.succeed(follower, value);
  }

  #settled(entry: BatchEntry<T, R>): void {
    if (entry.extra !== null && entry.extra.deadline !== null) this.#deadlines.remove(entry.extra.deadline);
    if (this.#flushWaits.length > 0) this.#flushWaits.settled(entry.added.order);
    if (this.#idleWaits.length > 0) this.#idleWaits.update(this.#counters.unsettled);
  }
}
