/**
 * Lends out at most `max` resources, created when they are needed. Resources that are being created or destroyed
 * count, so that there are never more than `max` at the other end either (but for one whose `create` outlived its
 * time-out, which is destroyed the moment it arrives).
 *
 * Waiters are served strictly in order of arrival: a resource that is released goes straight to the first of them.
 * Idle resources are lent last in, first out, so that the ones in excess stay idle and time out. Acquire and release
 * take O(1) time whatever the number of resources and waiters.
 *
 *     open --drain()--> draining --last resource gone--> closed
 *       \----------------destroy()---------------------> destroyed
 */
export interface Pool<T> {
  /**
   * A resource, to be given back with `release` or `discard`. Rejects with what `create` threw, CreateTimeoutError,
   * AcquireTimeoutError, PoolFullError, PoolClosedError or the signal's reason. A failed `create` rejects the waiter
   * that has waited longest; there is no retry.
   */
  acquire(options?: AcquireOptions): Promise<T>;
  /**
   * Give a resource back. Throws NotBorrowedError when it is not borrowed from this pool. (A resource released twice
   * and lent to another meanwhile cannot be told from a rightful release: prefer `use`.)
   */
  release(resource: T): void;
  /** Give back a resource that is broken: it is destroyed and its place is free for a new one. */
  discard(resource: T): void;
  /** Acquire, call, and give back however the call ends; `fn` may discard the resource, but not release it. */
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

export interface AcquireOptions {
  /** Stops waiting when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** `total`, `idle`, `borrowed` and `waiting` are now, the others counts since creation. */
export interface PoolStats {
  /** Resources, with those that are being created or destroyed. */
  readonly total: number;
  readonly idle: number;
  readonly borrowed: number;
  /** Borrowers that wait. */
  readonly waiting: number;
  readonly created: number;
  readonly createFailures: number;
  /** Resources let go, with those whose `destroy` failed. */
  readonly destroyed: number;
  /** Calls of `destroy` that threw or took longer than destroyTimeoutMs. */
  readonly destroyFailures: number;
  /** Resources given to a borrower. */
  readonly acquires: number;
  /** Borrowers that had to wait, if only for `create`. */
  readonly waits: number;
  readonly acquireTimeouts: number;
}
