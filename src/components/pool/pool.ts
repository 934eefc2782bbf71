import type { DurationSummary } from '../internal/duration-histogram.ts';

/**
 * Lends out at most `max` resources, created when they are needed, or ahead to have `min`. Resources that are being
 * created or destroyed count, so that there are never more than `max` at the other end either (but for one whose
 * `create` outlived its time-out, which is destroyed the moment it arrives).
 *
 * Waiters are served strictly in order of arrival: a resource that is released goes straight to the first of them.
 * Idle resources are lent last in, first out, so that the ones in excess stay idle and time out. Acquire and release
 * take O(1) time whatever the number of resources and waiters.
 *
 *     a resource:  created --> idle <--> borrowed      the pool:  open --drain()--> draining --last one gone--> closed
 *                    |         |  ^         |                       \-----------------destroy()-------------> destroyed
 *                    |         v  |         |
 *                    |       checking       |
 *                    '---------+------------'--> being destroyed --> gone
 */
export interface Pool<T> {
  /**
   * A resource, to be given back with `release` or `discard`. Rejects with what the last attempt to create threw,
   * CreateTimeoutError, AcquireTimeoutError, PoolFullError, PoolClosedError or the signal's reason. A `create` that
   * failed for good rejects the waiter that has waited longest.
   */
  acquire(options?: AcquireOptions): Promise<T>;
  /**
   * Give a resource back. Throws NotBorrowedError when it is not borrowed from this pool. (A resource released twice
   * and lent to another meanwhile cannot be told from a rightful release here; a lease can tell.)
   */
  release(resource: T): void;
  /** Give back a resource that is broken: it is destroyed and its place is free for a new one. */
  discard(resource: T): void;
  /** `acquire`, with a lease that ends this borrowing and no other: a second release is an error even if the resource was lent again. */
  lease(options?: AcquireOptions): Promise<Lease<T>>;
  /** Acquire, call, and give back however the call ends; `fn` may itself discard or release the resource. */
  use<R>(fn: (resource: T) => R | PromiseLike<R>, options?: AcquireOptions): Promise<R>;
  /** Take no new borrowers, serve those that wait, and resolve when every resource is back and destroyed. */
  drain(): Promise<void>;
  /**
   * Take no new borrowers, reject those that wait, abort what is being created, and resolve when the idle resources
   * are destroyed. Borrowed ones are destroyed when they are given back.
   */
  destroy(): Promise<void>;
  stats(): PoolStats;
}

export interface Lease<T> {
  readonly resource: T;
  /** Throws NotBorrowedError when this lease has ended, or its resource was given back otherwise. */
  release(): void;
  /** As `release`, for a resource that is broken. */
  discard(): void;
  /** Release it, if that was not done: `using lease = await pool.lease()`. */
  [Symbol.dispose](): void;
}

export interface AcquireOptions {
  /** Stops waiting when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** `total`, `idle`, `checking`, `borrowed` and `waiting` are now, the others since creation. */
export interface PoolStats {
  /** Resources, with those that are being created or destroyed. */
  readonly total: number;
  readonly idle: number;
  /** With `validate`. */
  readonly checking: number;
  readonly borrowed: number;
  /** Borrowers that wait. */
  readonly waiting: number;
  readonly created: number;
  /** Attempts to create that failed. */
  readonly createFailures: number;
  /** Resources that `validate` refused. */
  readonly validationFailures: number;
  /** Resources let go, with those whose `destroy` failed. */
  readonly destroyed: number;
  /** Calls of `destroy` that threw or took longer than destroyTimeoutMs. */
  readonly destroyFailures: number;
  /** Resources given to a borrower. */
  readonly acquires: number;
  /** Borrowers that had to wait, if only for `create`. */
  readonly waits: number;
  readonly acquireTimeouts: number;
  /** Borrowings longer than leakThresholdMs. */
  readonly leaks: number;
  /** Time that resources were borrowed over `max` times the pool's age; 0 to 1. */
  readonly utilization: number;
  /** From `acquire` to the resource; those who did not wait count as 0. */
  readonly wait: DurationSummary;
  /** From the resource to `release` or `discard`. */
  readonly use: DurationSummary;
  /** From the first attempt to create to the resource. */
  readonly create: DurationSummary;
}
