/**
 * Groups items that come one by one into calls of one handler, and gives each its own result. A batch is handed over
 * when it is full, or when its first item has waited long enough; items keep their order. At most `concurrency`
 * batches are with the handler at once, and at most `maxQueue` items wait for it.
 */
export interface Batcher<T, R> {
  /**
   * The item's own result. Rejects with the Error that the handler gave for it, with what the handler threw,
   * BatchResultError when the handler broke its contract, QueueFullError, BatcherClosedError, or the signal's reason.
   * An item whose signal aborts while it waits is never handed over; later, only its result is dropped.
   */
  add(item: T, options?: AddOptions): Promise<R>;
  /** `add` for each, in order: results and Errors in the order of the items. Never rejects. */
  addMany(items: Iterable<T>, options?: AddOptions): Promise<(R | Error)[]>;
  /** Hand over what waits now without waiting for more; resolves, never rejects, when all of that has a result. */
  flush(): Promise<void>;
  /** Take no more items and flush. */
  close(): Promise<void>;
  stats(): BatcherStats;
}

export interface AddOptions {
  /** Stops waiting for the result when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Results in the order of the items, one for each: a value, or an Error for an item that failed. A throw fails every
 * item. The signal aborts when nobody waits for any of the items any more.
 */
export type BatchHandler<T, R> = (
  items: readonly T[],
  context: { readonly signal: AbortSignal },
) => PromiseLike<readonly (R | Error)[]> | readonly (R | Error)[];

/** Counts since creation, but for `queued` and `running`: those are now. */
export interface BatcherStats {
  /** Items taken; each ends as completed, failed or aborted. */
  readonly added: number;
  readonly completed: number;
  readonly failed: number;
  readonly aborted: number;
  /** Items not taken because the queue was full. */
  readonly rejected: number;
  /** Calls of the handler. */
  readonly batches: number;
  /** Items over calls of the handler; 0 before the first. */
  readonly meanBatchSize: number;
  /** Items that wait to be handed over. */
  readonly queued: number;
  /** Batches with the handler. */
  readonly running: number;
}
