import { callable, delayMs, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import { monotonicMs, systemTimers } from '../internal/timers.ts';
import type { Timers } from '../internal/timers.ts';

export interface PoolOptions<T> {
  /** Make a resource, one that is not in the pool yet. The signal aborts at createTimeoutMs and when the pool is destroyed. */
  readonly create: (signal: AbortSignal) => T | PromiseLike<T>;
  /** Let a resource go. The signal aborts at destroyTimeoutMs. */
  readonly destroy: (resource: T, signal: AbortSignal) => void | PromiseLike<void>;
  /** Most resources at once. @default 10 */
  readonly max?: number;
  /** How long a resource may be idle before it is destroyed; 0: for ever. @default 30000 */
  readonly idleTimeoutMs?: number;
  /** How long a borrower waits; 0: for ever. @default 30000 */
  readonly acquireTimeoutMs?: number;
  /** How long `create` may take; 0: for ever. @default 30000 */
  readonly createTimeoutMs?: number;
  /** How long `destroy` may take before its place is given away; 0: for ever. @default 5000 */
  readonly destroyTimeoutMs?: number;
  /** Most borrowers that wait for a release; one that waits for a `create` of its own is not counted. @default 10000 */
  readonly maxWaiting?: number;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** @default setTimeout and clearTimeout */
  readonly timers?: Timers;
}

/** Every default filled in, every value checked. Throws TypeError or RangeError that names the option. */
export function poolSettings<T>(options: PoolOptions<T>): Required<PoolOptions<T>> {
  return {
    create: callable('create', options.create),
    destroy: callable('destroy', options.destroy),
    max: positiveInteger('max', options.max ?? 10),
    idleTimeoutMs: delayMs('idleTimeoutMs', options.idleTimeoutMs ?? 30_000),
    acquireTimeoutMs: delayMs('acquireTimeoutMs', options.acquireTimeoutMs ?? 30_000),
    createTimeoutMs: delayMs('createTimeoutMs', options.createTimeoutMs ?? 30_000),
    destroyTimeoutMs: delayMs('destroyTimeoutMs', options.destroyTimeoutMs ?? 5_000),
    maxWaiting: wholeNumber('maxWaiting', options.maxWaiting ?? 10_000),
    now: callable('now', options.now ?? monotonicMs),
    timers: options.timers ?? systemTimers,
  };
}
