import { positiveInteger } from '../internal/option-checks.ts';
import { WakeUp } from '../internal/wake-up.ts';
import { BatchCounters } from './batch-counters.ts';
import type { BatchEntry } from './batch-entry.ts';
import { createBatchSizer } from './batch-sizer.ts';
import type { BatchSizer } from './batch-sizer.ts';
import { BatcherClosedError, DeliveryTimeoutError } from './batcher-errors.ts';
import { batcherSettings } from './batcher-options.ts';
import type { BatcherOptions, BatcherSettings } from './batcher-options.ts';
import type { AddOptions, Batcher, BatcherStats } from './batcher.ts';
import { Deliveries } from './deliveries.ts';
import { EntryQueue } from './entry-queue.ts';
import { Intake } from './intake.ts';
import { retryOrFail } from './retry-or-fail.ts';
import { abortBatch, asError } from './run-batch.ts';
import { Settlements } from './settlements.ts';
import type { Outcome } from './settlements.ts';
import { SizeWaits } from './size-waits.ts';
import { TickClock } from './tick-clock.ts';

/** Takes items into an EntryQueue and batches out of it, when they are due and the handler has a place. One timer. */
export class QueueBatcher<T, R> implements Batcher<T, R> {
  readonly #settings: BatcherSettings<T, R>;
  readonly #queue: EntryQueue<T, R>;
  readonly #deliveries: Deliveries<T, R>;
  readonly #settlements: Settlements<T, R>;
  readonly #sizer: BatchSizer;
  readonly #clock: TickClock;
  readonly #intake: Intake<T, R>;
  readonly #wakeUp: WakeUp;
  readonly #sizeWaits = new SizeWaits();
  readonly #counters = new BatchCounters();
  #closed: { readonly reason: unknown; readonly aborted: boolean } | null = null;
  /** Whether there is a `schedule`, and it is not asked already. */
  #mayAsk: boolean;
  /** Entries of ticks up to this one are due at once. */
  #flushedUpTo = 0;
  readonly #onSchedule = (): void => {
    this.#mayAsk = this.#settings.schedule !== null;
    this.#flushedUpTo = this.#clock.end();
    this.#advance();
  };
  readonly #onSignal = (): void => this.#abortAll(this.#settings.signal?.reason);

  constructor(options: BatcherOptions<T, R>) {
    const settings = batcherSettings(options);
    const { timers, now, signal } = settings;
    this.#settings = settings;
    this.#mayAsk = settings.schedule !== null;
    const counters = this.#counters;
    const queue = new EntryQueue<T, R>(settings);
    const settlements = new Settlements<T, R>(counters, settings.deliveryTimeoutMs);
    const clock = new TickClock(now, () => this.#afterTick());
    this.#queue = queue;
    this.#settlements = settlements;
    this.#clock = clock;
    this.#sizer = createBatchSizer(settings.maxBatchSize, settings.adaptive);
    this.#intake = new Intake({
      settings,
      queue,
      settlements,
      counters,
      clock,
      onAbort: (entry, reason) => this.#giveUp(entry, reason, 'aborted'),
      onDeadline: (dueMs) => this.#wakeUp.at(dueMs),
    });
    this.#deliveries = new Deliveries({
      settings,
      settlements,
      counters,
      sizer: this.#sizer,
      onFailure: (entry, error) => retryOrFail(entry, error, { settings, queue, settlements, counters }),
      onEnd: () => this.#advance(),
    });
    this.#wakeUp = new WakeUp({ timers, now, ring: () => this.#wake(), keepsAlive: true });
    if (signal?.aborted === true) this.#closed = { reason: signal.reason, aborted: true };
    else signal?.addEventListener('abort', this.#onSignal);
  }

  // hot path
  add(item: T, options?: AddOptions): Promise<R> {
    if (options !== undefined || this.#closed !== null || !this.#intake.takesPlain)
      return this.#addCarefully(item, options);
    const promise = this.#intake.takePlain(item);
    if (this.#queue.waiting.length >= this.#sizer.limit) this.#advance();
    else if (this.#mayAsk) this.#askSchedule();
    return promise;
  }

  addMany(items: Iterable<T>, options?: AddOptions): Promise<(R | Error)[]> {
    return Promise.all(Array.from(items, (item) => this.add(item, options).catch(asError)));
  }

  flush(): Promise<void> {
    this.#flushedUpTo = this.#clock.end();
    const flushed = this.#settlements.untilSettled(this.#flushedUpTo);
    this.#advance();
    return flushed;
  }

  onIdle(): Promise<void> {
    return this.#settlements.untilIdle();
  }

  async onSizeLessThan(items: number): Promise<void> {
    return this.#sizeWaits.wait(positiveInteger('items', items), this.#queue.size + this.#queue.blocked);
  }

  async close(): Promise<void> {
    this.#closed ??= { reason: new BatcherClosedError(), aborted: false };
    await this.flush();
    this.#settings.signal?.removeEventListener('abort', this.#onSignal);
  }

  stats(): BatcherStats {
    return this.#counters.stats({
      batchSizeLimit: this.#sizer.limit,
      queued: this.#queue.size,
      blocked: this.#queue.blocked,
      running: this.#deliveries.length,
    });
  }

  /** An item with a size, a key, a deadline or options, or one for which there may be no room. */
  #addCarefully(item: T, options: AddOptions | undefined): Promise<R> {
    if (this.#closed !== null) return Promise.reject(this.#closed.reason);
    if (options?.signal?.aborted === true) return Promise.reject(options.signal.reason);
    try {
      const promise = this.#intake.take(item, options);
      this.#afterEntry();
      return promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Time is not looked at here: items of one tick stay together even when maxWaitMs is 0. */
  #afterEntry(): void {
    const { waiting } = this.#queue;
    if (waiting.length >= this.#sizer.limit || waiting.bytes >= this.#settings.maxBatchBytes) this.#advance();
    else if (this.#mayAsk) this.#askSchedule();
  }

  /** Only now is a timer set: most batches of a busy batcher are full, and gone, within a tick. */
  #afterTick(): void {
    const { concurrency, schedule, maxWaitMs } = this.#settings;
    const { waiting } = this.#queue;
    if (schedule === null && waiting.length > 0 && this.#deliveries.length < concurrency)
      this.#wakeUp.at(waiting.oldestMs() + maxWaitMs);
  }

  /** Not while the handler is busy: it is asked again for what waits then. */
  #askSchedule(): void {
    const { schedule, concurrency } = this.#settings;
    if (schedule === null || !this.#mayAsk || this.#deliveries.length >= concurrency) return;
    this.#mayAsk = false;
    try {
      schedule(this.#onSchedule);
    } catch (error) {
      // What waits must not wait for ever for that; the fault is the caller's, and goes where it is seen.
      this.#onSchedule();
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #wake(): void {
    const { now, deliveryTimeoutMs: timeoutMs } = this.#settings;
    const nowMs = now();
    const settlements = this.#settlements;
    for (let entry = settlements.expired(nowMs); entry !== null; entry = settlements.expired(nowMs)) {
      const { attempts = 0, lastError: cause } = entry.leader.extra ?? {};
      const options = cause === undefined ? {} : { cause };
      this.#giveUp(entry, new DeliveryTimeoutError(timeoutMs, attempts, options), 'expired');
    }
    this.#queue.endBackOffs(nowMs);
    this.#advance();
  }

  /** Hand over every batch that is due and has a place, then set the timer for what comes next. */
  #advance(): void {
    const { concurrency, maxWaitMs, maxBatchBytes, schedule } = this.#settings;
    const queue = this.#queue;
    for (;;) {
      queue.admitBlocked();
      if (this.#deliveries.length >= concurrency || !this.#isDue()) break;
      this.#deliveries.start(queue.takeBatch(this.#sizer.limit, maxBatchBytes));
    }
    this.#sizeWaits.update(queue.size + queue.blocked);
    // A busy handler needs no timer for what waits: it comes back here when it is done.
    const more = this.#deliveries.length < concurrency && queue.waiting.length > 0;
    if (more) this.#askSchedule();
    const dueMs = Math.min(
      more && schedule === null ? queue.waiting.oldestMs() + maxWaitMs : Infinity,
      queue.nextAttemptMs,
      this.#settlements.nextDeadlineMs,
    );
    if (dueMs === Infinity) this.#wakeUp.clear();
    else this.#wakeUp.at(dueMs);
  }

  #isDue(): boolean {
    const { waiting, waitingAgain } = this.#queue;
    if (waiting.length === 0 || this.#closed?.aborted === true) return false;
    const { maxWaitMs, maxBatchBytes, schedule, now } = this.#settings;
    if (waiting.length >= this.#sizer.limit || waiting.bytes >= maxBatchBytes) return true;
    if (waitingAgain > 0 || waiting.oldestOrder() <= this.#flushedUpTo) return true;
    return schedule === null && waiting.oldestMs() + maxWaitMs <= now();
  }

  /** One caller no longer waits; what nobody waits for goes. */
  #giveUp(entry: BatchEntry<T, R>, reason: unknown, outcome: Outcome): void {
    if (!this.#settlements.failOne(entry, reason, outcome)) return;
    const { leader } = entry;
    if (leader.wanted || leader.where === null) return;
    if (typeof leader.where === 'object' && 'wanted' in leader.where) {
      if (--leader.where.wanted === 0) abortBatch(leader.where);
      return;
    }
    this.#queue.leave(leader);
    this.#advance();
  }

  #abortAll(reason: unknown): void {
    this.#closed = { reason, aborted: true };
    for (const entry of this.#queue.entries()) {
      this.#queue.leave(entry);
      this.#settlements.fail(entry, reason, 'aborted');
    }
    this.#deliveries.abort((entry) => this.#settlements.fail(entry, reason, 'aborted'));
    this.#advance();
  }
}
