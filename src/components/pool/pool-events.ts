/** Why a resource was let go. */
export type RetireReason = 'idle' | 'lifetime' | 'uses' | 'invalid' | 'discarded' | 'late' | 'closed';

/** What a pool tells its `onEvent`; for logs and metrics, not needed to use a pool. */
export type PoolEvent<T> =
  | { readonly type: 'created'; readonly resource: T; readonly ms: number }
  /** `retryInMs` is null when there is no further attempt. */
  | { readonly type: 'create-failed'; readonly error: unknown; readonly retryInMs: number | null }
  | { readonly type: 'acquired'; readonly resource: T; readonly waitedMs: number }
  | { readonly type: 'acquire-timeout' }
  | { readonly type: 'released'; readonly resource: T; readonly usedMs: number }
  | { readonly type: 'invalid'; readonly resource: T; readonly error: unknown }
  | { readonly type: 'retired'; readonly resource: T; readonly reason: RetireReason }
  | { readonly type: 'destroy-failed'; readonly resource: T; readonly error: unknown }
  /** Borrowed for longer than leakThresholdMs; `stack` is the borrower's. */
  | { readonly type: 'leak'; readonly resource: T; readonly heldMs: number; readonly stack: string }
  /** A resource that was reported as leaked came back. */
  | { readonly type: 'leak-returned'; readonly resource: T; readonly heldMs: number; readonly stack: string };
