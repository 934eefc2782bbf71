export { afterPromiseJobs } from './after-promise-jobs.ts';
export type { AdaptiveOptions } from './batch-sizer.ts';
export type { BatcherOptions, Overflow } from './batcher-options.ts';
export {
  BatchResultError,
  BatcherClosedError,
  DeliveryTimeoutError,
  ItemDroppedError,
  QueueFullError,
} from './batcher-errors.ts';
export type { AddOptions, BatchContext, Batcher, BatcherStats, BatchHandler } from './batcher.ts';
export { createBatcher } from './create-batcher.ts';
export type { BatchPayload, PayloadOptions } from './payload-encoder.ts';
export { priorities } from './priorities.ts';
export type { Priority } from './priorities.ts';
export type { DurationSummary } from '../internal/duration-histogram.ts';
export type { BackoffOptions } from '../internal/backoff.ts';
export { createConfidenceUpdater, updateConfidence } from './confidence-updater.ts';
export type {
  ConfidenceRule,
  ConfidenceUpdate,
  ConfidenceUpdater,
  ConfidenceUpdaterOptions,
} from './confidence-updater.ts';
