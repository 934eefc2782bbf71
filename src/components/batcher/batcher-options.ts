import { backoffSettings } from '../internal/backoff.ts';
import type { Backoff, BackoffOptions } from '../internal/backoff.ts';
import { callable, delayMs, expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import { systemRandom } from '../internal/system-random.ts';
import { monotonicMs, systemTimers } from '../internal/timers.ts';
import type { Timers } from '../internal/timers.ts';
import { adaptiveSettings } from './batch-sizer.ts';
import type { Adaptive, AdaptiveOptions } from './batch-sizer.ts';
import type { BatchHandler } from './batcher.ts';
import { payloadSettings } from './payload-encoder.ts';
import type { PayloadOptions } from './payload-encoder.ts';

/** What happens to an item that comes when the queue is full. */
export type Overflow = 'reject' | 'block' | 'drop-oldest';

export interface BatcherOptions<T, R> {
  readonly handler: BatchHandler<T, R>;
  /** Most items in one call of the handler. @default 100 */
  readonly maxBatchSize?: number;
  /** Most bytes, as sizeOf counts them, in one call; an item that is larger goes alone. @default no limit */
  readonly maxBatchBytes?: number;
  /** Bytes of an item, a whole number; needed for maxBatchBytes. @default 0 */
  readonly sizeOf?: (item: T) => number;
  /** How long the first item of a batch waits for others. @default 5 */
  readonly maxWaitMs?: number;
  /**
   * Says when what waits is handed over, in place of maxWaitMs: called with a function to call then, once for each
   * batch begun. See `afterPromiseJobs`.
   */
  readonly schedule?: (handOver: () => void) => void;
  /**
   * Most items that wait to be handed over, for the first time or again, at least maxBatchSize. Those of a batch that
   * failed come back even to a full queue. @default 10000, or maxBatchSize if that is more
   */
  readonly maxQueue?: number;
  /**
   * When the queue is full: `reject` the item with QueueFullError; `block` it, so that it enters (the most important
   * first) when there is room; or `drop-oldest`, so that the one that waited longest of the least important is rejected
   * with ItemDroppedError, unless all are more important than the one that comes, which is then rejected. @default 'reject'
   */
  readonly overflow?: Overflow;
  /** Most batches with the handler at once. @default 1 */
  readonly concurrency?: number;
  /** A priority that gave nothing to so many batches goes first in the next. @default 8 */
  readonly agingBatches?: number;
  /** How often an item that failed is handed over again. @default 0 */
  readonly retries?: number;
  /** Waits between attempts. @default initialMs 100, maxMs 1000, factor 2, jitter 0.2 */
  readonly backoff?: BackoffOptions;
  /** False for an error that another attempt would not help. @default always true */
  readonly shouldRetry?: (error: Error) => boolean;
  /** Longest time from `add` to the result, over all attempts; 0: for ever. @default 0 */
  readonly deliveryTimeoutMs?: number;
  /** Adapts the size of batches, up to maxBatchSize, to how long the handler takes. @default off */
  readonly adaptive?: AdaptiveOptions;
  /** Gives the handler each batch as bytes, compressed. @default off */
  readonly payload?: PayloadOptions<T>;
  /** Items with an equal key (as of a Map) that wait at the same time are handed over once, for all who added them. */
  readonly keyOf?: (item: T) => unknown;
  /** Closes the batcher when it aborts, and rejects every item that has no result yet with its reason. */
  readonly signal?: AbortSignal;
  /** @default setTimeout and clearTimeout */
  readonly timers?: Timers;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Random numbers in [0, 1), for the jitter. @default from the operating system */
  readonly random?: () => number;
}

export interface BatcherSettings<T, R> {
  readonly handler: BatchHandler<T, R>;
  readonly maxBatchSize: number;
  readonly maxBatchBytes: number;
  readonly sizeOf: ((item: T) => number) | null;
  readonly maxWaitMs: number;
  readonly schedule: ((handOver: () => void) => void) | null;
  readonly maxQueue: number;
  readonly overflow: Overflow;
  readonly concurrency: number;
  readonly agingBatches: number;
  readonly retries: number;
  readonly backoff: Backoff;
  readonly shouldRetry: (error: Error) => boolean;
  readonly deliveryTimeoutMs: number;
  readonly adaptive: Adaptive | null;
  readonly payload: Required<PayloadOptions<T>> | null;
  readonly keyOf: ((item: T) => unknown) | null;
  readonly signal: AbortSignal | null;
  readonly timers: Timers;
  readonly now: () => number;
  readonly random: () => number;
}

const overflows: readonly Overflow[] = ['reject', 'block', 'drop-oldest'];

/** Every default filled in, every value checked. Throws TypeError or RangeError that names the option. */
export function batcherSettings<T, R>(options: BatcherOptions<T, R>): BatcherSettings<T, R> {
  const { adaptive, payload, sizeOf, maxBatchBytes, keyOf, schedule, overflow = 'reject' } = options;
  const maxBatchSize = positiveInteger('maxBatchSize', options.maxBatchSize ?? 100);
  const maxQueue = positiveInteger('maxQueue', options.maxQueue ?? Math.max(10_000, maxBatchSize));
  if (maxQueue < maxBatchSize) {
    throw new RangeError(expected('maxQueue', `at least maxBatchSize (${maxBatchSize})`, maxQueue));
  }
  if (maxBatchBytes !== undefined) callable('sizeOf', sizeOf);
  if (!overflows.includes(overflow)) {
    throw new TypeError(expected('overflow', overflows.map((name) => `"${name}"`).join(' or '), overflow));
  }
  return {
    handler: callable('handler', options.handler),
    maxBatchSize,
    maxBatchBytes: maxBatchBytes === undefined ? Infinity : positiveInteger('maxBatchBytes', maxBatchBytes),
    sizeOf: sizeOf === undefined ? null : callable('sizeOf', sizeOf),
    maxWaitMs: delayMs('maxWaitMs', options.maxWaitMs ?? 5),
    schedule: schedule === undefined ? null : callable('schedule', schedule),
    maxQueue,
    overflow,
    concurrency: positiveInteger('concurrency', options.concurrency ?? 1),
    agingBatches: positiveInteger('agingBatches', options.agingBatches ?? 8),
    retries: wholeNumber('retries', options.retries ?? 0),
    backoff: backoffSettings('backoff', options.backoff ?? {}, { initialMs: 100, maxMs: 1000 }),
    shouldRetry: callable('shouldRetry', options.shouldRetry ?? (() => true)),
    deliveryTimeoutMs: delayMs('deliveryTimeoutMs', options.deliveryTimeoutMs ?? 0),
    adaptive: adaptive === undefined ? null : adaptiveSettings(adaptive, maxBatchSize),
    payload: payload === undefined ? null : payloadSettings(payload),
    keyOf: keyOf === undefined ? null : callable('keyOf', keyOf),
    signal: options.signal ?? null,
    timers: options.timers ?? systemTimers,
    now: callable('now', options.now ?? monotonicMs),
    random: callable('random', options.random ?? systemRandom),
  };
}
