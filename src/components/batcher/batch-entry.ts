import type { ListNode } from '../internal/linked-list.ts';
import type { PrioritizedEntry, PriorityLanes, Tick } from './priority-lanes.ts';

/** A call of the handler. */
export interface Batch<T, R> {
  readonly entries: readonly BatchEntry<T, R>[];
  /** Theirs, in the same order. */
  readonly items: readonly T[];
  /** Made when the handler asks for its signal. */
  controller: AbortController | null;
  /** Entries that somebody still waits for. */
  wanted: number;
}

/** Where an entry is: in a queue, with the handler, between two attempts; null when none of these (any more). */
export type Place<T, R> = PriorityLanes<BatchEntry<T, R>> | Batch<T, R> | 'backing-off' | null;

/** What few entries have: those with a size, a signal, a deadline or a key, and those that failed. */
export interface EntryExtra<T, R> {
  readonly bytes: number;
  /** Takes the listener from the caller's signal. */
  readonly release: (() => void) | null;
  readonly key: unknown;
  /** Calls of the handler that took it. */
  attempts: number;
  /** Its place among those with a deadline. */
  deadline: ListNode<BatchEntry<T, R>> | null;
  /** Why the last attempt failed. */
  lastError: Error | undefined;
  leader: BatchEntry<T, R> | null;
  followers: BatchEntry<T, R>[];
}

/**
 * One item on its way. It settles once, whatever comes first. An item added while an equal one waits follows that one:
 * it has a promise of its own, but is not handed over itself. Its fields are few because with batches of a thousand,
 * what an entry costs is what the batcher costs.
 */
export class BatchEntry<T, R> implements PrioritizedEntry {
  readonly item: T;
  readonly added: Tick;
  /** 0 is the most important. */
  readonly level: number;
  /** For an entry that is with the handler and has no extra, where it was before: it cannot leave. */
  where: Place<T, R> = null;
  /** In its lane. */
  place = 0;
  extra: EntryExtra<T, R> | null = null;
  /** Null once it is settled. */
  #resolve: ((value: R | Promise<R>) => void) | null = null;

  constructor(item: T, added: Tick, level: number) {
    this.item = item;
    this.added = added;
    this.level = level;
  }

  /** The caller's promise; to be called once, and first of all. */
  open(): Promise<R> {
    // Not Promise.withResolvers, which takes twice as long. And without the function that rejects, which V8 then does not
    // make: 7 % of an item's time.
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get bytes(): number {
    return this.extra === null ? 0 : this.extra.bytes;
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
    return this.#settle(value);
  }

  /** The caller learns of it two promise jobs later, which is what passing a rejection on takes. */
  fail(reason: unknown): boolean {
    return this.settled ? false : this.#settle(Promise.reject(reason));
  }

  #settle(outcome: R | Promise<R>): boolean {
    const resolve = this.#resolve;
    if (resolve === null) return false;
    // First, for an outcome that is a thenable runs code of the user.
    this.#resolve = null;
    resolve(outcome);
    if (this.extra !== null) this.extra.release?.();
    return true;
  }
}

/** Of an entry that was not handed over yet, unless it says how often. */
export function newExtra<T, R>({
  bytes,
  release,
  key,
  attempts = 0,
}: Pick<EntryExtra<T, R>, 'bytes' | 'release' | 'key'> &
  Partial<Pick<EntryExtra<T, R>, 'attempts'>>): EntryExtra<T, R> {
  return { bytes, release, key, attempts, deadline: null, lastError: undefined, leader: null, followers: [] };
}
