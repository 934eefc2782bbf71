import { callable, delayMs, expected, positiveInteger } from '../internal/option-checks.ts';
import { monotonicMs, systemTimers } from '../internal/timers.ts';
import type { Timers } from '../internal/timers.ts';
import type { BatchHandler } from './batcher.ts';

export interface BatcherOptions<T, R> {
  readonly handler: BatchHandler<T, R>;
  /** Most items in one call of the handler. @default 100 */
  readonly maxBatchSize?: number;
  /** How long the first item of a batch waits for others. @default 5 */
  readonly maxWaitMs?: number;
  /** Most items that wait to be handed over, at least maxBatchSize. @default 10000, or maxBatchSize if that is more */
  readonly maxQueue?: number;
  /** Most batches with the handler at once. @default 1 */
  readonly concurrency?: number;
  /** @default setTimeout and clearTimeout */
  readonly timers?: Timers;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Every default filled in, every value checked. Throws TypeError or RangeError that names the option. */
export function batcherSettings<T, R>(options: BatcherOptions<T, R>): Required<BatcherOptions<T, R>> {
  const maxBatchSize = positiveInteger('maxBatchSize', options.maxBatchSize ?? 100);
  const maxQueue = positiveInteger('maxQueue', options.maxQueue ?? Math.max(10_000, maxBatchSize));
  if (maxQueue < maxBatchSize) {
    throw new RangeError(expected('maxQueue', `at least maxBatchSize (${maxBatchSize})`, maxQueue));
  }
  return {
    handler: callable('handler', options.handler),
    maxBatchSize,
    maxWaitMs: delayMs('maxWaitMs', options.maxWaitMs ?? 5),
    maxQueue,
    concurrency: positiveInteger('concurrency', options.concurrency ?? 1),
    timers: options.timers ?? systemTimers,
    now: callable('now', options.now ?? monotonicMs),
  };
}
