import { Alarm } from '../internal/alarm.ts';
import { LinkedList } from '../internal/linked-list.ts';
import type { ListNode } from '../internal/linked-list.ts';
import type { Timers } from '../internal/timers.ts';

export interface WaiterQueueOptions {
  /** 0: for ever. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly timers: Timers;
  readonly timeoutError: () => Error;
}

interface Waiter<T> {
  readonly deadlineMs: number;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  onAbort: (() => void) | null;
}

/**
 * Those who wait, in order of arrival. A waiter leaves the moment it times out or aborts, in O(1). All have the same
 * time-out, so the first to arrive is the first to run out of time, and one timer does for all. It keeps the process
 * alive, for somebody waits.
 */
export class WaiterQueue<T> {
  readonly #options: WaiterQueueOptions;
  readonly #waiters = new LinkedList<Waiter<T>>();
  readonly #alarm: Alarm;
  #timeouts = 0;

  constructor(options: WaiterQueueOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.timers, () => this.#expire(), { keepsAlive: true });
  }

  get length(): number {
    return this.#waiters.length;
  }

  get timeouts(): number {
    return this.#timeouts;
  }

  enter(signal: AbortSignal | undefined): Promise<T> {
    const { timeoutMs, now } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const deadlineMs = timeoutMs === 0 ? Infinity : now() + timeoutMs;
    const waiter: Waiter<T> = { deadlineMs, resolve, reject, signal, onAbort: null };
    const node = this.#waiters.push(waiter);
    if (signal !== undefined) {
      waiter.onAbort = () => this.#abort(node);
      signal.addEventListener('abort', waiter.onAbort);
    }
    if (timeoutMs > 0) this.#alarm.set(timeoutMs);
    return promise;
  }

  /** Serve the first waiter; false when nobody waits. */
  resolveFirst(value: T): boolean {
    const waiter = this.#takeFirst();
    waiter?.resolve(value);
    return waiter !== null;
  }

  /** Turn the first waiter away; false when nobody waits. */
  rejectFirst(reason: unknown): boolean {
    const waiter = this.#takeFirst();
    waiter?.reject(reason);
    return waiter !== null;
  }

  #takeFirst(): Waiter<T> | null {
    const node = this.#waiters.shift();
    if (node === null) return null;
    this.#letGo(node.value);
    return node.value;
  }

  #abort(node: ListNode<Waiter<T>>): void {
    const waiter = node.value;
    this.#waiters.remove(node);
    this.#letGo(waiter);
    waiter.reject(waiter.signal?.reason);
  }

  #expire(): void {
    const nowMs = this.#options.now();
    for (;;) {
      const first = this.#waiters.first?.value;
      if (first === undefined) break;
      if (first.deadlineMs > nowMs) {
        this.#alarm.set(first.deadlineMs - nowMs);
        break;
      }
      this.#timeouts++;
      this.rejectFirst(this.#options.timeoutError());
    }
  }

  #letGo(waiter: Waiter<T>): void {
    if (waiter.onAbort !== null) waiter.signal?.removeEventListener('abort', waiter.onAbort);
    if (this.#waiters.length === 0) this.#alarm.clear();
  }
}
