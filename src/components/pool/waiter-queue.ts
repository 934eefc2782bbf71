import { LinkedList } from '../internal/linked-list.ts';
import type { ListNode } from '../internal/linked-list.ts';
import type { Timers } from '../internal/timers.ts';
import { WakeUp } from '../internal/wake-up.ts';
import type { BorrowTrace } from './leak-watch.ts';

export interface WaiterQueueOptions {
  /** 0: for ever. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly timers: Timers;
  readonly timeoutError: () => Error;
}

/** One who waits; whoever takes it from the queue settles it. */
export interface Waiter<T> {
  readonly sinceMs: number;
  readonly trace: BorrowTrace | null;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

export interface Arrival {
  readonly nowMs: number;
  readonly signal: AbortSignal | undefined;
  readonly trace: BorrowTrace | null;
}

/**
 * Those who wait, in order of arrival. A waiter leaves the moment it times out or aborts, in O(1). All have the same
 * time-out, so the first to arrive is the first to run out of time, and one timer does for all. It keeps the process
 * alive, for somebody waits.
 */
export class WaiterQueue<T> {
  readonly #options: WaiterQueueOptions;
  readonly #waiters = new LinkedList<Waiting<T>>();
  readonly #wakeUp: WakeUp;
  #timeouts = 0;

  constructor(options: WaiterQueueOptions) {
    this.#options = options;
    const { timers, now } = options;
    this.#wakeUp = new WakeUp({ timers, now, ring: () => this.#expire(), keepsAlive: true });
  }

  get length(): number {
    return this.#waiters.length;
  }

  get timeouts(): number {
    return this.#timeouts;
  }

  enter({ nowMs, signal, trace }: Arrival): Promise<T> {
    const waiter = new Waiting<T>(nowMs, signal, trace);
    const node = this.#waiters.push(waiter);
    if (signal !== undefined) {
      waiter.onAbort = () => this.#abort(node);
      signal.addEventListener('abort', waiter.onAbort);
    }
    if (this.#options.timeoutMs > 0) this.#wakeUp.at(nowMs + this.#options.timeoutMs);
    return waiter.promise;
  }

  /** The first waiter, who no longer waits here and is to be served; null when nobody waits. */
  takeFirst(): Waiter<T> | null {
    const node = this.#waiters.shift();
    if (node === null) return null;
    this.#letGo(node.value);
    return node.value;
  }

  /** Turn the first waiter away; false when nobody waits. */
  rejectFirst(reason: unknown): boolean {
    const waiter = this.takeFirst();
    waiter?.reject(reason);
    return waiter !== null;
  }

  #abort(node: ListNode<Waiting<T>>): void {
    const waiter = node.value;
    this.#waiters.remove(node);
    this.#letGo(waiter);
    waiter.reject(waiter.signal?.reason);
  }

  #expire(): void {
    const { now, timeoutMs, timeoutError } = this.#options;
    const nowMs = now();
    for (;;) {
      const first = this.#waiters.first?.value;
      if (first === undefined) break;
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

  #letGo(waiter: Waiting<T>): void {
    if (waiter.onAbort !== null) waiter.signal?.removeEventListener('abort', waiter.onAbort);
    if (this.#waiters.length === 0) this.#wakeUp.clear();
  }
}

class Waiting<T> implements Waiter<T> {
  readonly sinceMs: number;
  readonly signal: AbortSignal | undefined;
  readonly trace: BorrowTrace | null;
  readonly promise: Promise<T>;
  onAbort: (() => void) | null = null;
  #resolve: ((value: T) => void) | null = null;
  #reject: ((reason: unknown) => void) | null = null;

  constructor(sinceMs: number, signal: AbortSignal | undefined, trace: BorrowTrace | null) {
    this.sinceMs = sinceMs;
    this.signal = signal;
    this.trace = trace;
    // Not Promise.withResolvers: its object makes this half as fast.
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resolve(value: T): void {
    this.#resolve?.(value);
  }

  reject(reason: unknown): void {
    this.#reject?.(reason);
  }
}
