import { callable, delayMs, expected, positiveInteger } from '../internal/option-checks.ts';
import { systemRandom } from '../internal/system-random.ts';
import { systemTimers } from '../internal/timers.ts';
import type { Timers } from '../internal/timers.ts';

export interface RetryOptions {
  /** The wait before the second attempt is up to this. @default 200 */
  readonly initialMs?: number;
  /** No wait is longer. @default 30000 */
  readonly maxMs?: number;
  /** Attempts in all. @default 8 */
  readonly attempts?: number;
  /** False for an error that another attempt would not help. @default always true */
  readonly shouldRetry?: (error: Error) => boolean;
  /** Told of each failed attempt (the first is 1) and of the wait that follows. It must not throw. */
  readonly onRetry?: (error: Error, attempt: number, waitMs: number) => void;
  /** Random numbers in [0, 1). @default from the operating system */
  readonly random?: () => number;
  /** @default setTimeout and clearTimeout */
  readonly timers?: Timers;
}

export type RetrySettings = Required<RetryOptions>;

/** Every default filled in, every value checked. */
export function retrySettings(options: RetryOptions = {}): RetrySettings {
  const initialMs = delayMs('retry.initialMs', options.initialMs ?? 200);
  const maxMs = delayMs('retry.maxMs', options.maxMs ?? Math.max(30_000, initialMs));
  if (maxMs < initialMs) throw new RangeError(expected('retry.maxMs', `at least ${initialMs}`, maxMs));
  return {
    initialMs,
    maxMs,
    attempts: positiveInteger('retry.attempts', options.attempts ?? 8),
    shouldRetry: callable('retry.shouldRetry', options.shouldRetry ?? (() => true)),
    onRetry: callable('retry.onRetry', options.onRetry ?? (() => undefined)),
    random: callable('retry.random', options.random ?? systemRandom),
    timers: options.timers ?? systemTimers,
  };
}

/**
 * The longest wait after so many failures (from 1). Waits are drawn evenly between 0 and this ("full jitter", M. Brooker,
 * Exponential Backoff and Jitter, AWS Architecture Blog, 2015), so that clients that failed together come back spread out.
 */
function longestWaitMs(
  { initialMs, maxMs }: Pick<RetrySettings, 'initialMs' | 'maxMs'>,
  failures: number,
): number {
  // Beyond 2^60 the product may be infinite, and 0 times that is no number.
  return Math.min(maxMs, initialMs * 2 ** Math.min(60, failures - 1));
}

/** What an attempt resolves to. Rejects with the last attempt's error, or the signal's reason when it aborts. */
export async function retry<T>(
  attempt: () => Promise<T>,
  settings: RetrySettings,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (cause) {
      signal.throwIfAborted();
      const error = cause instanceof Error ? cause : new Error(String(cause), { cause });
      if (failures >= settings.attempts || !settings.shouldRetry(error)) throw error;
      const waitMs = settings.random() * longestWaitMs(settings, failures);
      settings.onRetry(error, failures, waitMs);
      await wait(waitMs, settings.timers, signal);
    }
  }
}

async function wait(waitMs: number, timers: Timers, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = timers.setTimeout(resolve, waitMs);
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  await promise;
  timers.clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}
