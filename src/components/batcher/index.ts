export type { BatcherOptions } from './batcher-options.ts';
export { BatchResultError, BatcherClosedError, QueueFullError } from './batcher-errors.ts';
export type { AddOptions, Batcher, BatcherStats, BatchHandler } from './batcher.ts';
export { createBatcher } from './create-batcher.ts';
