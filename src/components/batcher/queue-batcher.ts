import { backoffMs } from '../internal/backoff.ts';
import { LinkedList } from '../internal/linked-list.ts';
import type { ListNode } from '../internal/linked-list.ts';
import { positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import { WakeUp } from '../internal/wake-up.ts';
import { BatchCounters } from './batch-counters.ts';
import { BatchEntry } from './batch-entry.ts';
import type { Batch } from './batch-entry.ts';
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
import { EntryQueue } from './entry-queue.ts';
import { FlushWaits } from './flush-waits.ts';
import { levelOf } from './priorities.ts';
import type { Tick } from './priority-lanes.ts';
import { abortBatch, asError, runBatch } from './run-batch.ts';
import { SizeWaits } from './size-waits.ts';

type Outcome = 'failed' | 'aborted' | 'dropped' | 'expired';

/** Takes items into an EntryQueue and batches out of it, when they are due and the handler has a place. One timer. */
export class QueueBatcher<T, R> implements Batcher<T, R> {
  readonly #settings: BatcherSettings<T, R>;
  readonly #queue: EntryQueue<T, R>;
  // Not a Set: what V8 leaves behind of one that grows and shrinks keeps every batch until the next major collection.
  readonly #running = new LinkedList<Batch<T, R>>();
  /** All have the same time, so the first to come is the first to expire. */
  readonly #deadlines = new LinkedList<BatchEntry<T, R>>();
  readonly #sizer: BatchSizer;
  readonly #wakeUp: WakeUp;
  readonly #flushWaits = new FlushWaits();
  readonly #sizeWaits = new SizeWaits();
  readonly #idleWaits = new SizeWaits();
  readonly #counters = new BatchCounters();
  #closed: { readonly reason: unknown; readonly aborted: boolean } | null = null;
  /** Whether `schedule` was asked and has not called back. */
  #scheduled = false;
  /** Entries of ticks up to this one are due at once. */
  #flushedUpTo = 0;
  /** Entries that have no result yet. */
  #unsettled = 0;
  /** Reading the clock costs as much as an entry, and all that is added by one event may have one time. */
  #tick: Tick | null = null;
  #ticks = 0;
  /** Only now is a timer set: most batches of a busy batcher are full, and gone, within a tick. */
  readonly #endTick = (): void => {
    this.#tick = null;
    const { concurrency, schedule, maxWaitMs } = this.#settings;
    const { waiting } = this.#queue;
    if (schedule === null && waiting.length > 0 && this.#running.length < concurrency)
      this.#wakeUp.at(waiting.oldestMs() + maxWaitMs);
  };
  readonly #onSignal = (): void => this.#abortAll(this.#settings.signal?.reason);

  constructor(options: BatcherOptions<T, R>) {
    const settings = batcherSettings(options);
    this.#settings = settings;
    this.#queue = new EntryQueue(settings);
    this.#sizer = createBatchSizer(settings.maxBatchSize, settings.adaptive);
    const { timers, now, signal } = settings;
    this.#wakeUp = new WakeUp({ timers, now, ring: () => this.#wake(), keepsAlive: true });
    if (signal?.aborted === true) this.#closed = { reason: signal.reason, aborted: true };
    else signal?.addEventListener('abort', this.#onSignal);
  }

  add(item: T, options?: AddOptions): Promise<R> {
    if (this.#closed !== null) return Promise.reject(this.#closed.reason);
    if (options?.signal?.aborted === true) return Promise.reject(options.signal.reason);
    try {
      return this.#take(item, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  addMany(items: Iterable<T>, options?: AddOptions): Promise<(R | Error)[]> {
    return Promise.all(Array.from(items, (item) => this.add(item, options).catch(asError)));
  }

  flush(): Promise<void> {
    this.#flushedUpTo = this.#endTickNow();
    const flushed = this.#flushWaits.wait(this.#flushedUpTo, this.#unsettled);
    this.#advance();
    return flushed;
  }

  onIdle(): Promise<void> {
    return this.#idleWaits.wait(1, this.#unsettled);
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
      running: this.#running.length,
    });
  }

  #take(item: T, options: AddOptions | undefined): Promise<R> {
    const { sizeOf, keyOf, maxBatchBytes, concurrency, deliveryTimeoutMs, schedule } = this.#settings;
    const queue = this.#queue;
    const level = levelOf(options?.priority);
    const bytes = sizeOf === null ? 0 : wholeNumber('sizeOf(item)', sizeOf(item));
    const key = keyOf === null ? undefined : keyOf(item);
    const equal = keyOf === null ? undefined : queue.find(key);
    if (queue.full && equal === undefined) this.#makeRoom(level);
    const added = this.#tick ?? this.#beginTick();
    this.#counters.added++;
    this.#unsettled++;
    const entry = new BatchEntry<T, R>(item, added, level);
    const promise = entry.open();
    const signal = options?.signal;
    if (signal !== undefined || bytes > 0 || keyOf !== null || deliveryTimeoutMs > 0)
      this.#equip(entry, bytes, keyOf === null ? entry : key, signal);
    if (equal === undefined) queue.enter(entry);
    else {
      this.#counters.deduplicated++;
      queue.join(entry, equal);
    }
    // Time is not looked at here: items of one tick stay together even when maxWaitMs is 0.
    const { waiting } = queue;
    if (waiting.length >= this.#sizer.limit || waiting.bytes >= maxBatchBytes) this.#advance();
    else if (schedule !== null && this.#running.length < concurrency) this.#callSchedule(schedule);
    return promise;
  }

  /** What few entries need. One without a key has itself for one, so that it is never found. */
  #equip(entry: BatchEntry<T, R>, bytes: number, key: unknown, signal: AbortSignal | undefined): void {
    let release: (() => void) | null = null;
    if (signal !== undefined) {
      const onAbort = (): void => this.#giveUp(entry, signal.reason, 'aborted');
      signal.addEventListener('abort', onAbort);
      release = () => signal.removeEventListener('abort', onAbort);
    }
    const { deliveryTimeoutMs } = this.#settings;
    const deadline = deliveryTimeoutMs > 0 ? this.#deadlines.push(entry) : null;
    entry.extra = { ...plainExtra, bytes, release, key, deadline, followers: [] };
    if (deadline !== null) this.#wakeUp.at(entry.added.ms + deliveryTimeoutMs);
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
    this.#fail(victim, new ItemDroppedError(maxQueue), 'dropped');
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
    for (let head = this.#deadlines.first; head !== null; head = this.#deadlines.first) {
      const entry = head.value;
      if (entry.added.ms + timeoutMs > nowMs) break;
      const { attempts = 0, lastError: cause } = entry.leader.extra ?? {};
      const options = cause === undefined ? {} : { cause };
      this.#giveUp(entry, new DeliveryTimeoutError(timeoutMs, attempts, options), 'expired');
    }
    this.#queue.endBackOffs(nowMs);
    this.#advance();
  }

  /** Hand over every batch that is due and has a place, then set the timer for what comes next. */
  #advance(): void {
    const { concurrency, maxWaitMs, schedule, deliveryTimeoutMs } = this.#settings;
    const queue = this.#queue;
    for (;;) {
      queue.admitBlocked();
      if (this.#running.length >= concurrency || !this.#isDue()) break;
      this.#handOver();
    }
    this.#sizeWaits.update(queue.size + queue.blocked);
    // A busy handler needs no timer for what waits: it comes back here when it is done.
    const more = this.#running.length < concurrency && queue.waiting.length > 0;
    if (more && schedule !== null) this.#callSchedule(schedule);
    const head = this.#deadlines.first;
    const dueMs = Math.min(
      more && schedule === null ? queue.waiting.oldestMs() + maxWaitMs : Infinity,
      queue.nextAttemptMs,
      head === null ? Infinity : head.value.added.ms + deliveryTimeoutMs,
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

  #handOver(): void {
    const { now, maxBatchBytes } = this.#settings;
    const entries = this.#queue.takeBatch(this.#sizer.limit, maxBatchBytes);
    const items: T[] = [];
    const batch: Batch<T, R> = { entries, items, controller: null, wanted: entries.length };
    const nowMs = now();
    let ofTick = 0;
    for (let index = 0; index < entries.length; index++) {
      const { item, added, extra } = entries[index]!;
      items.push(item);
      if (extra !== null) {
        entries[index]!.where = batch;
        extra.attempts++;
      }
      ofTick++;
      if (added === entries[index + 1]?.added) continue;
      this.#counters.wait.record(nowMs - added.ms, ofTick);
      ofTick = 0;
    }
    this.#counters.batches++;
    this.#counters.handedOver += entries.length;
    void this.#deliver(this.#running.push(batch), nowMs);
  }

  async #deliver(node: ListNode<Batch<T, R>>, startMs: number): Promise<void> {
    const counters = this.#counters;
    const { entries } = node.value;
    let results: readonly (R | Error)[] = [];
    let thrown: Error | null = null;
    try {
      results = await runBatch(node.value, this.#settings, ({ bytes, originalBytes }) => {
        counters.payloadBytes += originalBytes;
        counters.compressedBytes += bytes.byteLength;
      });
    } catch (error) {
      thrown = asError(error);
    }
    const handlerMs = this.#settings.now() - startMs;
    counters.handler.record(handlerMs);
    if (thrown === null) this.#sizer.observe(entries.length, handlerMs);
    this.#running.remove(node);
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      const result: R | Error = thrown ?? results[index]!;
      if (entry.extra !== null) entry.where = null;
      if (!(result instanceof Error)) this.#succeed(entry, result);
      else if (entry.wanted) this.#retryOrFail(entry, result);
    }
    this.#advance();
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
    this.#fail(entry, reason, 'failed');
  }

  #succeed(entry: BatchEntry<T, R>, value: R): void {
    if (entry.succeed(value)) {
      this.#counters.completed++;
      this.#settled(entry);
    }
    if (entry.extra !== null) for (const follower of entry.extra.followers) this.#succeed(follower, value);
  }

  /** The entry and those that follow it. */
  #fail(entry: BatchEntry<T, R>, reason: unknown, outcome: Outcome): void {
    if (entry.fail(reason)) {
      this.#counters[outcome]++;
      this.#settled(entry);
    }
    for (const follower of entry.followers) this.#fail(follower, reason, outcome);
  }

  /** One caller no longer waits; what nobody waits for goes. */
  #giveUp(entry: BatchEntry<T, R>, reason: unknown, outcome: Outcome): void {
    if (!entry.fail(reason)) return;
    this.#counters[outcome]++;
    this.#settled(entry);
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
      this.#fail(entry, reason, 'aborted');
    }
    for (let node = this.#running.first; node !== null; node = this.#running.after(node)) {
      for (const entry of node.value.entries) this.#fail(entry, reason, 'aborted');
      node.value.wanted = 0;
      abortBatch(node.value);
    }
    this.#advance();
  }

  #settled(entry: BatchEntry<T, R>): void {
    if (entry.extra !== null && entry.extra.deadline !== null) this.#deadlines.remove(entry.extra.deadline);
    if (this.#flushWaits.length > 0) this.#flushWaits.settled(entry.added.order);
    if (--this.#unsettled === 0) this.#idleWaits.update(0);
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
} as const;
