import type { DurationSummary } from '../internal/duration-histogram.ts';
import type { BatchPayload } from './payload-encoder.ts';
import type { Priority } from './priorities.ts';

/**
 * Groups items that come one by one into calls of one handler, and gives each its own result. A batch is handed over
 * when it is full (in items or in bytes), or when an item has waited long enough. Items of one priority keep their
 * order, but for those that are handed over again; `agingBatches` bounds how long a lower priority waits. At most
 * `concurrency` batches are with the handler at once, and at most `maxQueue` items wait for it.
 *
 *     add --> blocked --> waiting --> with the handler --> completed, failed
 *      |        |           |  ^            |
 *      |        |           |  '- back-off -'  (failed, and may be tried again)
 *      '- rejected          '--- dropped; anywhere: aborted, expired
 */
export interface Batcher<T, R> {
  /**
   * The item's own result. Rejects with the Error that the handler gave for it, with what the handler threw (for the
   * last of its attempts), BatchResultError when the handler broke its contract, QueueFullError, ItemDroppedError,
   * DeliveryTimeoutError, BatcherClosedError, or the signal's reason. An item whose signal aborts while it waits is
   * never handed over; later, only its result is dropped.
   */
  add(item: T, options?: AddOptions): Promise<R>;
  /** `add` for each, in order: results and Errors in the order of the items. Never rejects. */
  addMany(items: Iterable<T>, options?: AddOptions): Promise<(R | Error)[]>;
  /** Hand over what waits now without waiting for more; resolves, never rejects, when all of that has a result. */
  flush(): Promise<void>;
  /** Resolves when every item has a result; nothing is handed over sooner for that. */
  onIdle(): Promise<void>;
  /** Resolves when fewer than `items` wait, blocked ones included: for producers that hold back. */
  onSizeLessThan(items: number): Promise<void>;
  /** Take no more items and flush. */
  close(): Promise<void>;
  stats(): BatcherStats;
}

export interface AddOptions {
  /** Stops waiting for the result when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** @default 'medium' */
  readonly priority?: Priority | undefined;
}

export interface BatchContext {
  /** Aborts when nobody waits for any of the items any more. */
  readonly signal: AbortSignal;
  /** With option `payload`: the batch as bytes; else null. */
  readonly payload: BatchPayload | null;
}

/**
 * Results in the order of the items, one for each: a value, or an Error for an item that failed. A throw fails every
 * item.
 */
export type BatchHandler<T, R> = (
  items: readonly T[],
  context: BatchContext,
) => PromiseLike<readonly (R | Error)[]> | readonly (R | Error)[];

/** Counts since creation, but for `queued`, `blocked`, `running` and `batchSizeLimit`: those are now. */
export interface BatcherStats {
  /** Items taken; each ends as completed, failed, aborted, dropped or expired. */
  readonly added: number;
  readonly completed: number;
  readonly failed: number;
  readonly aborted: number;
  /** Items that made room for others. */
  readonly dropped: number;
  /** Items without a result after deliveryTimeoutMs. */
  readonly expired: number;
  /** Items not taken because the queue was full. */
  readonly rejected: number;
  /** Items that were handed over together with an equal one. */
  readonly deduplicated: number;
  /** Times that an item was to be handed over again. */
  readonly retried: number;
  /** Calls of the handler. */
  readonly batches: number;
  /** Items over calls of the handler; 0 before the first. */
  readonly meanBatchSize: number;
  /** Items that a batch may have, see `adaptive`. */
  readonly batchSizeLimit: number;
  /** Items that wait to be handed over, for the first time or again. */
  readonly queued: number;
  /** Items that wait for room in the queue. */
  readonly blocked: number;
  /** Batches with the handler. */
  readonly running: number;
  /** From `add` until handed over, for each attempt. */
  readonly wait: DurationSummary;
  /** Calls of the handler, with making the payload. */
  readonly handler: DurationSummary;
  /** With option `payload`: bytes before and after compression. */
  readonly payloadBytes: number;
  readonly compressedBytes: number;
}
