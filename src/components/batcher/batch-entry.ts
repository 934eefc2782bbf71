import type { ListNode } from '../internal/linked-list.ts';

/** A call of the handler. */
export interface Batch<T, R> {
  readonly entries: readonly BatchEntry<T, R>[];
  readonly controller: AbortController;
  /** Entries that somebody still waits for. */
  wanted: number;
}

export interface BatchEntryOptions<T, R> {
  readonly item: T;
  /** Order of arrival, from 1. */
  readonly order: number;
  readonly addedMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called after the signal has failed the entry. */
  readonly onAbort: (entry: BatchEntry<T, R>) => void;
}

/** One item on its way. It settles once, whatever comes first, and then lets go of its signal. */
export class BatchEntry<T, R> {
  readonly item: T;
  readonly order: number;
  readonly addedMs: number;
  readonly promise: Promise<R>;
  /** Its place in the queue, then the batch it went with. */
  place: ListNode<BatchEntry<T, R>> | Batch<T, R> | null = null;

  readonly #resolve: (value: R) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onSignal: (() => void) | null;
  #settled = false;

  constructor({ item, order, addedMs, signal, onAbort }: BatchEntryOptions<T, R>) {
    this.item = item;
    this.order = order;
    this.addedMs = addedMs;
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    // Most items have no signal: no closure for them.
    this.#onSignal =
      signal === undefined
        ? null
        : () => {
            if (this.fail(signal.reason)) onAbort(this);
          };
    if (this.#onSignal !== null) signal?.addEventListener('abort', this.#onSignal);
  }

  /** False when it was settled already. */
  succeed(value: R): boolean {
    if (!this.#settle()) return false;
    this.#resolve(value);
    return true;
  }

  fail(reason: unknown): boolean {
    if (!this.#settle()) return false;
    this.#reject(reason);
    return true;
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    if (this.#onSignal !== null) this.#signal?.removeEventListener('abort', this.#onSignal);
    return true;
  }
}
