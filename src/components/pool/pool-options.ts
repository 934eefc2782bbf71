import { backoffSettings, fraction } from '../internal/backoff.ts';
import type { Backoff, BackoffOptions } from '../internal/backoff.ts';
import { callable, delayMs, expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import { systemRandom } from '../internal/system-random.ts';
import { monotonicMs, systemTimers } from '../internal/timers.ts';
import type { Timers } from '../internal/timers.ts';
import type { PoolEvent } from './pool-events.ts';

export interface PoolOptions<T> {
  /** Make a resource, one that is not in the pool yet. The signal aborts at createTimeoutMs and when the pool is destroyed. */
  readonly create: (signal: AbortSignal) => T | PromiseLike<T>;
  /** Let a resource go. The signal aborts at destroyTimeoutMs. */
  readonly destroy: (resource: T, signal: AbortSignal) => void | PromiseLike<void>;
  /** Whether a resource still works; one for which it says no, throws or takes longer than validateTimeoutMs is destroyed. @default none is checked */
  readonly validate?: (resource: T, signal: AbortSignal) => boolean | PromiseLike<boolean>;
  /** Resources to have at any time, made ahead of need. @default 0 */
  readonly min?: number;
  /** Most resources at once. @default 10 */
  readonly max?: number;
  /** How long a resource may be idle before it is destroyed, if there are more than `min`; 0: for ever. @default 30000 */
  readonly idleTimeoutMs?: number;
  /** How long a borrower waits; 0: for ever. @default 30000 */
  readonly acquireTimeoutMs?: number;
  /** How long one attempt to create may take; 0: for ever. @default 30000 */
  readonly createTimeoutMs?: number;
  /** Further attempts after a `create` that failed, before a borrower is told. @default 0 */
  readonly createRetries?: number;
  /** Waits between attempts to create. @default initialMs 200, maxMs 5000, factor 2, jitter 0.2 */
  readonly createBackoff?: BackoffOptions;
  /** A resource that worked within so long is lent without `validate`. @default 500 */
  readonly validateIfIdleMs?: number;
  /** How long `validate` may take; 0: for ever. @default 5000 */
  readonly validateTimeoutMs?: number;
  /** An idle resource is checked with `validate` so often, which may also keep a connection open; 0: never. @default 0 */
  readonly keepAliveMs?: number;
  /** How long `destroy` may take before its place is given away; 0: for ever. @default 5000 */
  readonly destroyTimeoutMs?: number;
  /** A resource is replaced after so long, when it is not borrowed; 0: never. @default 0 */
  readonly maxLifetimeMs?: number;
  /** Each lifetime is shorter by up to this part of it at random, so that not all end together. @default 0.025 */
  readonly lifetimeJitter?: number;
  /** A resource is replaced after it was borrowed so often; 0: never. @default 0 */
  readonly maxUses?: number;
  /** A resource that is borrowed for longer is reported, with the borrower's stack, to onEvent; 0: none. Costs some microseconds an acquire. @default 0 */
  readonly leakThresholdMs?: number;
  /** Most borrowers that wait for a release; one that waits for a `create` of its own is not counted. @default 10000 */
  readonly maxWaiting?: number;
  /** Told of what happens. Called within the pool's own work: it must return at once. What it throws becomes an uncaught exception. */
  readonly onEvent?: (event: PoolEvent<T>) => void;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** @default setTimeout and clearTimeout */
  readonly timers?: Timers;
  /** Random numbers in [0, 1), for the jitters. @default from the operating system */
  readonly random?: () => number;
}

type Optional = 'validate' | 'onEvent';

export interface PoolSettings<T> extends Required<Omit<PoolOptions<T>, Optional | 'createBackoff'>> {
  readonly createBackoff: Backoff;
  readonly validate: ((resource: T, signal: AbortSignal) => boolean | PromiseLike<boolean>) | null;
  readonly onEvent: ((event: PoolEvent<T>) => void) | null;
}

/** Every default filled in, every value checked. Throws TypeError or RangeError that names the option. */
export function poolSettings<T>(options: PoolOptions<T>): PoolSettings<T> {
  const { validate, onEvent } = options;
  const max = positiveInteger('max', options.max ?? 10);
  const min = wholeNumber('min', options.min ?? 0);
  if (min > max) throw new RangeError(expected('min', `at most max (${max})`, min));
  const keepAliveMs = delayMs('keepAliveMs', options.keepAliveMs ?? 0);
  if (keepAliveMs > 0) callable('validate', validate);
  return {
    create: callable('create', options.create),
    destroy: callable('destroy', options.destroy),
    validate: validate === undefined ? null : callable('validate', validate),
    min,
    max,
    idleTimeoutMs: delayMs('idleTimeoutMs', options.idleTimeoutMs ?? 30_000),
    acquireTimeoutMs: delayMs('acquireTimeoutMs', options.acquireTimeoutMs ?? 30_000),
    createTimeoutMs: delayMs('createTimeoutMs', options.createTimeoutMs ?? 30_000),
    createRetries: wholeNumber('createRetries', options.createRetries ?? 0),
    createBackoff: backoffSettings('createBackoff', options.createBackoff ?? {}, {
      initialMs: 200,
      maxMs: 5_000,
    }),
    validateIfIdleMs: delayMs('validateIfIdleMs', options.validateIfIdleMs ?? 500),
    validateTimeoutMs: delayMs('validateTimeoutMs', options.validateTimeoutMs ?? 5_000),
    keepAliveMs,
    destroyTimeoutMs: delayMs('destroyTimeoutMs', options.destroyTimeoutMs ?? 5_000),
    maxLifetimeMs: delayMs('maxLifetimeMs', options.maxLifetimeMs ?? 0),
    lifetimeJitter: fraction('lifetimeJitter', options.lifetimeJitter ?? 0.025),
    maxUses: wholeNumber('maxUses', options.maxUses ?? 0),
    leakThresholdMs: delayMs('leakThresholdMs', options.leakThresholdMs ?? 0),
    maxWaiting: wholeNumber('maxWaiting', options.maxWaiting ?? 10_000),
    onEvent: onEvent === undefined ? null : callable('onEvent', onEvent),
    now: callable('now', options.now ?? monotonicMs),
    timers: options.timers ?? systemTimers,
    random: callable('random', options.random ?? systemRandom),
  };
}
