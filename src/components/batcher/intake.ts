import { wholeNumber } from '../internal/option-checks.ts';
import type { BatchCounters } from './batch-counters.ts';
import { BatchEntry, newExtra } from './batch-entry.ts';
import { ItemDroppedError, QueueFullError } from './batcher-errors.ts';
import type { BatcherSettings } from './batcher-options.ts';
import type { AddOptions } from './batcher.ts';
import type { EntryQueue } from './entry-queue.ts';
import { levelOf, mediumLevel } from './priorities.ts';
import type { Settlements } from './settlements.ts';
import type { TickClock } from './tick-clock.ts';

export interface IntakeOptions<T, R> {
  readonly settings: BatcherSettings<T, R>;
  readonly queue: EntryQueue<T, R>;
  readonly settlements: Settlements<T, R>;
  readonly counters: BatchCounters;
  readonly clock: TickClock;
  /** The signal that an item came with aborted. */
  readonly onAbort: (entry: BatchEntry<T, R>, reason: unknown) => void;
  /** An item that came must have its result by this time. */
  readonly onDeadline: (dueMs: number) => void;
}

/** Makes entries of items and puts them into the queue. */
export class Intake<T, R> {
  readonly #options: IntakeOptions<T, R>;
  readonly #queue: EntryQueue<T, R>;
  readonly #settlements: Settlements<T, R>;
  readonly #clock: TickClock;
  /** Whether an item needs no more than an entry: most batchers have neither sizes nor keys nor deadlines. */
  readonly #isPlain: boolean;

  constructor(options: IntakeOptions<T, R>) {
    const { sizeOf, keyOf, deliveryTimeoutMs } = options.settings;
    this.#options = options;
    this.#queue = options.queue;
    this.#settlements = options.settlements;
    this.#clock = options.clock;
    this.#isPlain = sizeOf === null && keyOf === null && deliveryTimeoutMs === 0;
  }

  /** Whether there is room for an item, which needs no more than an entry if it comes without options. */
  // hot path
  get takesPlain(): boolean {
    return this.#isPlain && !this.#queue.full;
  }

  /** An item without options, when `takesPlain`. */
  // hot path
  takePlain(item: T): Promise<R> {
    this.#settlements.expect();
    const entry = new BatchEntry<T, R>(item, this.#clock.tick, mediumLevel);
    const promise = entry.open();
    this.#queue.enterPlain(entry);
    return promise;
  }

  /** Any item. Throws QueueFullError when there is no room, and what the functions among the settings throw. */
  take(item: T, options: AddOptions | undefined): Promise<R> {
    const { settings, counters } = this.#options;
    const { sizeOf, keyOf } = settings;
    const queue = this.#queue;
    const level = levelOf(options?.priority);
    const bytes = sizeOf === null ? 0 : wholeNumber('sizeOf(item)', sizeOf(item));
    const key = keyOf === null ? undefined : keyOf(item);
    const equal = keyOf === null ? undefined : queue.find(key);
    if (queue.full && equal === undefined) this.#makeRoom(level);
    this.#settlements.expect();
    const entry = new BatchEntry<T, R>(item, this.#clock.tick, level);
    const promise = entry.open();
    // One without a key has itself for one, so that it is never found.
    if (!this.#isPlain || options?.signal !== undefined)
      this.#equip(entry, bytes, keyOf === null ? entry : key, options?.signal);
    if (equal === undefined) queue.enter(entry);
    else {
      counters.deduplicated++;
      queue.join(entry, equal);
    }
    return promise;
  }

  #equip(entry: BatchEntry<T, R>, bytes: number, key: unknown, signal: AbortSignal | undefined): void {
    const { settings, onAbort, onDeadline } = this.#options;
    let release: (() => void) | null = null;
    if (signal !== undefined) {
      const listener = (): void => onAbort(entry, signal.reason);
      signal.addEventListener('abort', listener);
      release = () => signal.removeEventListener('abort', listener);
    }
    entry.extra = newExtra({ bytes, release, key });
    if (settings.deliveryTimeoutMs === 0) return;
    this.#settlements.limit(entry);
    onDeadline(entry.added.ms + settings.deliveryTimeoutMs);
  }

  /** Throws QueueFullError when there is no room and none can be made. */
  #makeRoom(level: number): void {
    const { overflow, maxQueue } = this.#options.settings;
    if (overflow === 'block') return;
    const victim = overflow === 'drop-oldest' ? this.#queue.waiting.leastImportant(level) : undefined;
    if (victim === undefined) {
      this.#options.counters.rejected++;
      throw new QueueFullError(maxQueue);
    }
    this.#queue.leave(victim);
    this.#settlements.fail(victim, new ItemDroppedError(maxQueue), 'dropped');
  }
}
