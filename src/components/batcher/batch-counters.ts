import { DurationHistogram } from '../internal/duration-histogram.ts';
import type { BatcherStats } from './batcher.ts';

type Now = 'batchSizeLimit' | 'queued' | 'blocked' | 'running';

/** What a batcher counts; see BatcherStats. */
export class BatchCounters {
  added = 0;
  completed = 0;
  failed = 0;
  aborted = 0;
  dropped = 0;
  expired = 0;
  rejected = 0;
  deduplicated = 0;
  retried = 0;
  batches = 0;
  handedOver = 0;
  payloadBytes = 0;
  compressedBytes = 0;
  readonly wait = new DurationHistogram();
  readonly handler = new DurationHistogram();

  /** Items that have no result yet. */
  get unsettled(): number {
    return this.added - this.completed - this.failed - this.aborted - this.dropped - this.expired;
  }

  stats(this: BatchCounters, now: Pick<BatcherStats, Now>): BatcherStats {
    const { handedOver, wait, handler, ...counts } = this;
    return {
      ...counts,
      ...now,
      meanBatchSize: this.batches === 0 ? 0 : handedOver / this.batches,
      wait: wait.summary(),
      handler: handler.summary(),
    };
  }
}
