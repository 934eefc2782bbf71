import { backoffMs } from '../internal/backoff.ts';
import { positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import { WakeUp } from '../internal/wake-up.ts';
import { BatchCounters } from './batch-counters.ts';
import { BatchEntry } from './batch-entry.ts';
import type { EntryExtra } from './batch-entry.ts';
import { createBatchSizer } from './batch-sizer.ts';
import type { BatchSizer } from './batch-sizer.ts';
import {
  BatchResultError,
  BatcherClosedError,
  DeliveryTimeoutError,
  ItemDroppedError,
  QueueFullError,
} from './batcher-errors.ts';
import { batcherSettings } from './batcher-options.ts';
import type { BatcherOptions, BatcherSettings } from './batcher-options.ts';
import type { AddOptions, Batcher, BatcherStats } from './batcher.ts';
import { Deliveries } from './deliveries.ts';
import { EntryQueue } from './entry-queue.ts';
import { levelOf, mediumLevel } from './priorities.ts';
import type { Tick } from './priority-lanes.ts';
import { abortBatch, asError } from './run-batch.ts';
import { Settlements } from './settlements.ts';
import type { Outcome } from './settlements.ts';
import { SizeWaits } from './size-waits.ts';

/** Takes items into an EntryQueue and batches out of it, when they are due and the handler has a place. One timer. */
export class QueueBatcher<T, R> implements Batcher<T, R> {
  readonly #settings: BatcherSettings<T, R>;
  readonly #queue: EntryQueue<T, R>;
  readonly #deliveries: Deliveries<T, R>;
  readonly #settlements: Settlements<T, R>;
  readonly #sizer: BatchSizer;
  readonly #wakeUp: WakeUp;
  readonly #sizeWaits = new SizeWaits();
  readonly #counters = new BatchCounters();
  /** Whether an item needs no more than an entry: most batchers have neither sizes nor keys nor deadlines. */
  readonly #isPlain: boolean;
  #closed: { readonly reason: unknown; readonly aborted: boolean } | null = null;
  /** Whether `schedule` was asked and has not called back. */
  #scheduled = false;
  /** Entries of ticks up to this one are due at once. */
  #flushedUpTo = 0;
  /** Reading the clock costs as much as an entry, and all that is added by one event may have one time. */
  #tick: Tick | null = null;
  #ticks = 0;
  /** Only now is a timer set: most batches of a busy batcher are full, and gone, within a tick. */
  readonly #endTick = (): void => {
    this.#tick = null;
    const { concurrency, schedule, maxWaitMs } = this.#settings;
    const { waiting } = this.#queue;
    if (schedule === null && waiting.length > 0 && this.#deliveries.length < concurrency)
      this.#wakeUp.at(waiting.oldestMs() + maxWaitMs);
  };
  readonly #onSignal = (): void => this.#abortAll(this.#settings.signal?.reason);

  constructor(options: BatcherOptions<T, R>) {
    const settings = batcherSettings(options);
    const { timers, now, signal, sizeOf, keyOf, deliveryTimeoutMs } = settings;
    this.#settings = settings;
    this.#isPlain = sizeOf === null && keyOf === null && deliveryTimeoutMs === 0;
    this.#queue = new EntryQueue(settings);
    this.#sizer = createBatchSizer(settings.maxBatchSize, settings.adaptive);
    this.#settlements = new Settlements(this.#counters, deliveryTimeoutMs);
    this.#deliveries = new Deliveries({
      settings,
      counters: this.#counters,
      sizer: this.#sizer,
      onResult: (entry, result) => {
        if (!(result instanceof Error)) this.#settlements.succeed(entry, result);
        else if (entry.wanted) this.#retryOrFail(entry, result);
      },
      onEnd: () => this.#advance(),
    });
    this.#wakeUp = new WakeUp({ timers, now, ring: () => this.#wake(), keepsAlive: true });
    if (signal?.aborted === true) this.#closed = { reason: signal.reason, aborted: true };
    else signal?.addEventListener('abort', this.#onSignal);
  }

  // hot path
  add(item: T, options?: AddOptions): Promise<R> {
    if (this.#closed !== null) return Promise.reject(this.#closed.reason);
    if (options?.signal?.aborted === true) return Promise.reject(options.signal.reason);
    try {
      if (!this.#isPlain || options?.signal !== undefined) return this.#takeEquipped(item, options);
      const level = options === undefined ? mediumLevel : levelOf(options.priority);
      if (this.#queue.full) this.#makeRoom(level);
      const entry = this.#entry(item, level);
      const promise = entry.open();
      this.#queue.enter(entry);
      this.#afterEntry();
      return promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  addMany(items: Iterable<T>, options?: AddOptions): Promise<(R | Error)[]> {
    return Promise.all(Array.from(items, (item) => this.add(item, options).catch(asError)));
  }

  flush(): Promise<void> {
    this.#flushedUpTo = this.#endTickNow();
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

  /** An item with a size, a key, a signal or a deadline. */
  #takeEquipped(item: T, options: AddOptions | undefined): Promise<R> {
    const { sizeOf, keyOf } = this.#settings;
    const queue = this.#queue;
    const level = levelOf(options?.priority);
    const bytes = sizeOf === null ? 0 : wholeNumber('sizeOf(item)', sizeOf(item));
    const key = keyOf === null ? undefined : keyOf(item);
    const equal = keyOf === null ? undefined : queue.find(key);
    if (queue.full && equal === undefined) this.#makeRoom(level);
    const entry = this.#entry(item, level);
    const promise = entry.open();
    // One without a key has itself for one, so that it is never found.
    this.#equip(entry, bytes, keyOf === null ? entry : key, options?.signal);
    if (equal === undefined) queue.enter(entry);
    else {
      this.#counters.deduplicated++;
      queue.join(entry, equal);
    }
    this.#afterEntry();
    return promise;
  }

  #entry(item: T, level: number): BatchEntry<T, R> {
    this.#settlements.expect();
    return new BatchEntry<T, R>(item, this.#tick ?? this.#beginTick(), level);
  }

  #equip(entry: BatchEntry<T, R>, bytes: number, key: unknown, signal: AbortSignal | undefined): void {
    let release: (() => void) | null = null;
    if (signal !== undefined) {
      const onAbort = (): void => this.#giveUp(entry, signal.reason, 'aborted');
      signal.addEventListener('abort', onAbort);
      release = () => signal.removeEventListener('abort', onAbort);
    }
    const { deliveryTimeoutMs } = this.#settings;
    entry.extra = { ...plainExtra, bytes, release, key, followers: [] };
    if (deliveryTimeoutMs === 0) return;
    this.#settlements.limit(entry);
    this.#wakeUp.at(entry.added.ms + deliveryTimeoutMs);
  }

  /** Time is not looked at here: items of one tick stay together even when maxWaitMs is 0. */
  #afterEntry(): void {
    const { maxBatchBytes, concurrency, schedule } = this.#settings;
    const { waiting } = this.#queue;
    if (waiting.length >= this.#sizer.limit || waiting.bytes >= maxBatchBytes) this.#advance();
    else if (schedule !== null && this.#deliveries.length < concurrency) this.#callSchedule(schedule);
  }

  /** Throws QueueFullError when there is no room and none can be made. */
  #makeRoom(level: number): void {
    const { overflow, maxQueue } = this.#settings;
    if (overflow === 'block') return;
    const victim = overflow === 'drop-oldest' ? this.#queue.waiting.leastImportant(level) : undefined;
    if (victim === undefined) {
      this.#counters.rejected++;
      throw new QueueFullError(maxQueue);
    }
    this.#queue.leave(victim);
    this.#settlements.fail(victim, new ItemDroppedError(maxQueue), 'dropped');
  }

  #callSchedule(schedule: (handOver: () => void) => void): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    try {
      schedule(() => this.#onSchedule());
    } catch (error) {
      // What waits must not wait for ever for that; the fault is the caller's, and goes where it is seen.
      this.#onSchedule();
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #onSchedule(): void {
    this.#scheduled = false;
    this.#flushedUpTo = this.#endTickNow();
    this.#advance();
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
    if (more && schedule !== null) this.#callSchedule(schedule);
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

  #retryOrFail(entry: BatchEntry<T, R>, error: Error): void {
    const { retries, shouldRetry, backoff, random, now } = this.#settings;
    let reason = error;
    try {
      // A handler that breaks its contract will do so again.
      entry.extra ??= { ...plainExtra, key: entry, attempts: 1, followers: [] };
      const { attempts } = entry.extra;
      if (attempts <= retries && !(error instanceof BatchResultError) && shouldRetry(error)) {
        entry.extra.lastError = error;
        this.#counters.retried++;
        this.#queue.backOff(entry, now() + backoffMs(backoff, attempts, random));
        return;
      }
    } catch (refusal) {
      reason = asError(refusal);
    }
    this.#settlements.fail(entry, reason, 'failed');
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

  #beginTick(): Tick {
    this.#tick = { ms: this.#settings.now(), order: ++this.#ticks };
    process.nextTick(this.#endTick);
    return this.#tick;
  }

  /** What is added from now on is of another tick; the order of the last one. */
  #endTickNow(): number {
    this.#tick = null;
    return this.#ticks;
  }
}

const plainExtra = {
  bytes: 0,
  release: null,
  attempts: 0,
  deadline: null,
  lastError: undefined,
  leader: null,
} satisfies Partial<EntryExtra<unknown, unknown>>;
