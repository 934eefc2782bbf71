import type { Batcher } from './batcher.ts';
import type { BatcherOptions } from './batcher-options.ts';
import { QueueBatcher } from './queue-batcher.ts';

/** A batcher in front of `handler`. Throws TypeError or RangeError on options it cannot follow. */
export function createBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  return new QueueBatcher(options);
}
