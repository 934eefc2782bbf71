import type { ListNode } from '../internal/linked-list.ts';
import type { PrioritizedEntry, PriorityLanes } from './priority-lanes.ts';

/** A call of the handler. */
export interface Batch<T, R> {
  readonly entries: readonly BatchEntry<T, R>[];
  /** Made when the handler asks for its signal. */
  controller: AbortController | null;
  /** Entries that somebody still waits for. */
  wanted: number;
}

/** Where an entry is: in a queue, with the handler, between two attempts; null when none of these (any more). */
export type Place<T, R> = PriorityLanes<BatchEntry<T, R>> | Batch<T, R> | 'backing-off' | null;

/** A moment that all entries of one tick share. */
export interface Tick {
  readonly ms: number;
}

/** What few entries have. */
export interface EntryExtra<T, R> {
  /** Takes the listener from the caller's signal. */
  readonly release: (() => void) | null;
  readonly key: unknown;
  /** Its place among those with a deadline. */
  deadline: ListNode<BatchEntry<T, R>> | null;
  /** Why the last attempt failed. */
  lastError: Error | undefined;
  leader: BatchEntry<T, R> | null;
  followers: BatchEntry<T, R>[];
}

/**
 * One item on its way. It settles once, whatever comes first. An item added while an equal one waits follows that one:
 * it has a promise of its own, but is not handed over itself.
 */
export class BatchEntry<T, R> implements PrioritizedEntry {
  readonly item: T;
  /** Order of arrival, from 1. */
  readonly order: number;
  readonly added: Tick;
  /** 0 is the most important. */
  readonly level: number;
  bytes = 0;
  readonly promise: Promise<R>;
  where: Place<T, R> = null;
  /** In its lane. */
  place = 0;
  /** Calls of the handler that took it. */
  attempts = 0;
  extra: EntryExtra<T, R> | null = null;
  #resolve: ((value: R) => void) | null = null;
  #reject: ((reason: unknown) => void) | null = null;

  constructor(item: T, order: number, added: Tick, level: number) {
    this.item = item;
    this.order = order;
    this.added = added;
    this.level = level;
    // Not Promise.withResolvers: its object makes this constructor half as fast.
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get addedMs(): number {
    return this.added.ms;
  }

  get settled(): boolean {
    return this.#resolve === null;
  }

  /** The entry that goes with the handler for this one: itself, if it follows none. */
  get leader(): BatchEntry<T, R> {
    return this.extra?.leader ?? this;
  }

  get followers(): readonly BatchEntry<T, R>[] {
    return this.extra === null ? [] : this.extra.followers;
  }

  /** Whether somebody waits for it or for one that follows it. */
  get wanted(): boolean {
    return !this.settled || this.followers.some((follower) => !follower.settled);
  }

  /** False when it was settled already. */
  succeed(value: R): boolean {
    if (this.#resolve === null) return false;
    this.#resolve(value);
    this.#settle();
    return true;
  }

  fail(reason: unknown): boolean {
    if (this.#reject === null) return false;
    this.#reject(reason);
    this.#settle();
    return true;
  }

  #settle(): void {
    this.#resolve = null;
    this.#reject = null;
    if (this.extra !== null) this.extra.release?.();
  }
}
