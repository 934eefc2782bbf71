import type { Timers } from '../internal/timers.ts';
import { WakeUp } from '../internal/wake-up.ts';
import type { BorrowTrace } from './leak-watch.ts';
import { Waiter } from './waiter.ts';

export interface WaiterQueueOptions {
  /** 0: for ever. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly timers: Timers;
  readonly timeoutError: () => Error;
}

/**
 * Those who wait, in order of arrival. A waiter leaves the moment it times out or aborts, in O(1). All have the same
 * time-out, so the first to arrive is the first to run out of time, and one timer does for all. It keeps the process
 * alive, for somebody waits.
 */
export class WaiterQueue<T> {
  readonly #options: WaiterQueueOptions;
  readonly #wakeUp: WakeUp;
  // Linked through the waiters themselves: a list with nodes of its own makes a wait a tenth longer.
  #first: Waiter<T> | null = null;
  #last: Waiter<T> | null = null;
  #length = 0;
  #timeouts = 0;

  constructor(options: WaiterQueueOptions) {
    this.#options = options;
    const { timers, now } = options;
    this.#wakeUp = new WakeUp({ timers, now, ring: () => this.#expire(), keepsAlive: true });
  }

  get length(): number {
    return this.#length;
  }

  get timeouts(): number {
    return this.#timeouts;
  }

  // hot path
  enter(nowMs: number, signal: AbortSignal | undefined, trace: BorrowTrace | null): Promise<T> {
    const waiter = new Waiter<T>(nowMs, trace);
    const promise = waiter.open();
    const last = this.#last;
    waiter.before = last;
    if (last === null) this.#first = waiter;
    else last.after = waiter;
    this.#last = waiter;
    this.#length++;
    if (signal !== undefined) waiter.abortBy(signal, () => this.#abort(waiter, signal.reason));
    if (this.#options.timeoutMs > 0) this.#wakeUp.at(nowMs + this.#options.timeoutMs);
    return promise;
  }

  /** The first waiter, who no longer waits here and is to be served; null when nobody waits. */
  // hot path
  takeFirst(): Waiter<T> | null {
    const waiter = this.#first;
    if (waiter !== null) this.#remove(waiter);
    return waiter;
  }

  /** Turn the first waiter away; false when nobody waits. */
  rejectFirst(reason: unknown): boolean {
    const waiter = this.takeFirst();
    waiter?.reject(reason);
    return waiter !== null;
  }

  #abort(waiter: Waiter<T>, reason: unknown): void {
    this.#remove(waiter);
    waiter.reject(reason);
  }

  #expire(): void {
    const { now, timeoutMs, timeoutError } = this.#options;
    const nowMs = now();
    for (let first = this.#first; first !== null; first = this.#first) {
      if (first.sinceMs + timeoutMs > nowMs) {
        this.#wakeUp.at(first.sinceMs + timeoutMs);
        break;
      }
      this.#timeouts++;
      // The message counts those who wait, this one included.
      const error = timeoutError();
      this.rejectFirst(error);
    }
  }

  #remove(waiter: Waiter<T>): void {
    const { before, after } = waiter;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    waiter.leave();
    if (--this.#length === 0) this.#wakeUp.clear();
  }
}
