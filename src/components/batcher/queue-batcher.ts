import { Alarm } from '../internal/alarm.ts';
import { LinkedList } from '../internal/linked-list.ts';
import { BatchEntry } from './batch-entry.ts';
import type { Batch } from './batch-entry.ts';
import { BatchResultError, BatcherClosedError, QueueFullError } from './batcher-errors.ts';
import { batcherSettings } from './batcher-options.ts';
import type { BatcherOptions } from './batcher-options.ts';
import type { AddOptions, Batcher, BatcherStats } from './batcher.ts';
import { FlushWaits } from './flush-waits.ts';

/** One queue in order of arrival and one timer, set for the head of the queue. */
export class QueueBatcher<T, R> implements Batcher<T, R> {
  readonly #settings: Required<BatcherOptions<T, R>>;
  readonly #queue = new LinkedList<BatchEntry<T, R>>();
  readonly #flushWaits = new FlushWaits();
  readonly #alarm: Alarm;
  readonly #onAbort = (entry: BatchEntry<T, R>): void => this.#abort(entry);
  #closed = false;
  /** Entries up to this order are due at once. */
  #flushedUpTo = 0;
  #running = 0;
  /** Entries in the queue or with the handler that have no result yet. */
  #unsettled = 0;

  #added = 0;
  #completed = 0;
  #failed = 0;
  #aborted = 0;
  #rejected = 0;
  #batches = 0;
  #handedOver = 0;

  constructor(options: BatcherOptions<T, R>) {
    this.#settings = batcherSettings(options);
    this.#alarm = new Alarm(this.#settings.timers, () => this.#advance(), { keepsAlive: true });
  }

  add(item: T, { signal }: AddOptions = {}): Promise<R> {
    if (this.#closed) return Promise.reject(new BatcherClosedError());
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const { maxBatchSize, maxQueue, maxWaitMs, concurrency, now } = this.#settings;
    if (this.#queue.length >= maxQueue) {
      this.#rejected++;
      return Promise.reject(new QueueFullError(maxQueue));
    }
    const addedMs = now();
    const entry = new BatchEntry<T, R>({
      item,
      order: ++this.#added,
      addedMs,
      signal,
      onAbort: this.#onAbort,
    });
    entry.place = this.#queue.push(entry);
    this.#unsettled++;
    // The clock is not asked here: items of one tick stay together even when maxWaitMs is 0.
    if (this.#queue.length >= maxBatchSize) this.#advance();
    else if (this.#running < concurrency) this.#alarm.set(maxWaitMs);
    return entry.promise;
  }

  addMany(items: Iterable<T>, options?: AddOptions): Promise<(R | Error)[]> {
    return Promise.all(Array.from(items, (item) => this.add(item, options).catch(asError)));
  }

  flush(): Promise<void> {
    this.#flushedUpTo = this.#added;
    const flushed = this.#flushWaits.wait(this.#added, this.#unsettled);
    this.#advance();
    return flushed;
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  stats(): BatcherStats {
    return {
      added: this.#added,
      completed: this.#completed,
      failed: this.#failed,
      aborted: this.#aborted,
      rejected: this.#rejected,
      batches: this.#batches,
      meanBatchSize: this.#batches === 0 ? 0 : this.#handedOver / this.#batches,
      queued: this.#queue.length,
      running: this.#running,
    };
  }

  /** Hand over every batch that is due and has a place, then set the timer for the next one. */
  #advance(): void {
    const { concurrency } = this.#settings;
    while (this.#running < concurrency && this.#dueInMs() <= 0) void this.#handOver();
    // A busy handler needs no timer: it comes back here when it is done.
    if (this.#queue.length === 0 || this.#running >= concurrency) this.#alarm.clear();
    else this.#alarm.set(this.#dueInMs());
  }

  /** Until the head of the queue must go; Infinity when there is none. */
  #dueInMs(): number {
    const head = this.#queue.first?.value;
    if (head === undefined) return Infinity;
    const { maxBatchSize, maxWaitMs, now } = this.#settings;
    if (this.#queue.length >= maxBatchSize || head.order <= this.#flushedUpTo) return 0;
    return head.addedMs + maxWaitMs - now();
  }

  async #handOver(): Promise<void> {
    const batch = this.#takeBatch();
    this.#running++;
    this.#batches++;
    this.#handedOver += batch.entries.length;
    try {
      this.#deliver(batch.entries, await this.#callHandler(batch));
    } catch (error) {
      const reason = error instanceof Error ? error : notAnError(error);
      for (const entry of batch.entries) this.#fail(entry, reason);
    }
    this.#running--;
    this.#advance();
  }

  /** Async so that a handler which throws at once does so later: `#advance` must not be entered from itself. */
  async #callHandler({ entries, controller }: Batch<T, R>): Promise<readonly (R | Error)[]> {
    const items = entries.map((entry) => entry.item);
    return this.#settings.handler(items, { signal: controller.signal });
  }

  #takeBatch(): Batch<T, R> {
    const entries: BatchEntry<T, R>[] = [];
    while (entries.length < this.#settings.maxBatchSize) {
      const node = this.#queue.shift();
      if (node === null) break;
      entries.push(node.value);
    }
    const batch: Batch<T, R> = { entries, controller: new AbortController(), wanted: entries.length };
    for (const entry of entries) entry.place = batch;
    return batch;
  }

  #deliver(entries: readonly BatchEntry<T, R>[], results: readonly (R | Error)[]): void {
    if (!Array.isArray(results) || results.length !== entries.length) {
      const got = Array.isArray(results) ? `${results.length}` : typeof results;
      throw new BatchResultError(
        `Expected \`handler\` to return an array of ${entries.length} results, one for each item, got ${got}.`,
      );
    }
    for (const [index, entry] of entries.entries()) {
      const result: R | Error = results[index];
      if (result instanceof Error) this.#fail(entry, result);
      else this.#succeed(entry, result);
    }
  }

  #succeed(entry: BatchEntry<T, R>, value: R): void {
    if (!entry.succeed(value)) return;
    this.#completed++;
    this.#settled(entry);
  }

  #fail(entry: BatchEntry<T, R>, reason: Error): void {
    if (!entry.fail(reason)) return;
    this.#failed++;
    this.#settled(entry);
  }

  /** The entry's signal has already failed it. */
  #abort(entry: BatchEntry<T, R>): void {
    this.#aborted++;
    this.#settled(entry);
    const { place } = entry;
    if (place === null) return;
    if ('value' in place) {
      this.#queue.remove(place);
      this.#advance();
    } else if (--place.wanted === 0) {
      place.controller.abort(new Error('Nobody waits for any item of this batch any more.'));
    }
  }

  #settled(entry: BatchEntry<T, R>): void {
    this.#unsettled--;
    this.#flushWaits.settled(entry.order);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : notAnError(reason);
}

function notAnError(reason: unknown): BatchResultError {
  return new BatchResultError(
    `Expected an Error to be thrown, got \`${String(reason)}\` (${typeof reason}).`,
    { cause: reason },
  );
}
