import { backoffMs } from '../internal/backoff.ts';
import type { BatchCounters } from './batch-counters.ts';
import { newExtra } from './batch-entry.ts';
import type { BatchEntry } from './batch-entry.ts';
import { BatchResultError } from './batcher-errors.ts';
import type { BatcherSettings } from './batcher-options.ts';
import type { EntryQueue } from './entry-queue.ts';
import { asError } from './run-batch.ts';
import type { Settlements } from './settlements.ts';

export interface RetryContext<T, R> {
  readonly settings: BatcherSettings<T, R>;
  readonly queue: EntryQueue<T, R>;
  readonly settlements: Settlements<T, R>;
  readonly counters: BatchCounters;
}

/** What becomes of an entry whose attempt failed: it waits for the next one, or its caller is told. */
export function retryOrFail<T, R>(
  entry: BatchEntry<T, R>,
  error: Error,
  { settings, queue, settlements, counters }: RetryContext<T, R>,
): void {
  const { retries, shouldRetry, backoff, random, now } = settings;
  let reason = error;
  try {
    entry.extra ??= newExtra({ bytes: 0, release: null, key: entry, attempts: 1 });
    const { attempts } = entry.extra;
    // A handler that breaks its contract will do so again.
    if (attempts <= retries && !(error instanceof BatchResultError) && shouldRetry(error)) {
      entry.extra.lastError = error;
      counters.retried++;
      queue.backOff(entry, now() + backoffMs(backoff, attempts, random));
      return;
    }
  } catch (refusal) {
    reason = asError(refusal);
  }
  settlements.fail(entry, reason, 'failed');
}
