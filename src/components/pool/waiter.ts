import type { BorrowTrace } from './leak-watch.ts';

interface AbortWatch {
  readonly signal: AbortSignal;
  readonly listener: () => void;
}

/** One who waits for a resource; whoever takes it from the queue settles it, once. */
export class Waiter<T> {
  readonly sinceMs: number;
  readonly trace: BorrowTrace | null;
  /** Its neighbours in the queue. */
  before: Waiter<T> | null = null;
  after: Waiter<T> | null = null;
  #resolve: ((value: T | Promise<T>) => void) | null = null;
  #abortWatch: AbortWatch | null = null;

  constructor(sinceMs: number, trace: BorrowTrace | null) {
    this.sinceMs = sinceMs;
    this.trace = trace;
  }

  /** The borrower's promise; to be called once. */
  open(): Promise<T> {
    // Not Promise.withResolvers, whose object makes this half as fast; and without the function that rejects, which V8
    // then does not make.
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  abortBy(signal: AbortSignal, listener: () => void): void {
    this.#abortWatch = { signal, listener };
    signal.addEventListener('abort', listener);
  }

  /** It waits no longer. */
  leave(): void {
    // What is served must not keep those that came after it alive.
    this.before = null;
    this.after = null;
    if (this.#abortWatch === null) return;
    this.#abortWatch.signal.removeEventListener('abort', this.#abortWatch.listener);
    this.#abortWatch = null;
  }

  resolve(value: T): void {
    this.#resolve?.(value);
  }

  /** The borrower learns of it two promise jobs later, which is what passing a rejection on takes. */
  reject(reason: unknown): void {
    this.#resolve?.(Promise.reject(reason));
  }
}
