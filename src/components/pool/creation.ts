import { backoffMs } from '../internal/backoff.ts';
import type { Backoff } from '../internal/backoff.ts';
import { boundedRun } from '../internal/bounded-run.ts';
import type { BoundedRun } from '../internal/bounded-run.ts';
import type { TimerHandle, Timers } from '../internal/timers.ts';

export interface CreationOptions<T> {
  readonly create: (signal: AbortSignal) => T | PromiseLike<T>;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoff: Backoff;
  readonly random: () => number;
  readonly timers: Timers;
  readonly timeoutError: () => Error;
  readonly onLate: (resource: T) => void;
  /** Whether another attempt is still of use. */
  readonly wanted: () => boolean;
  /** Whether a borrower waits, so that the process must not end before the next attempt. */
  readonly waitedFor: () => boolean;
  /** A failed attempt; the next is in `retryInMs`, or never (null). */
  readonly onFailure: (error: unknown, retryInMs: number | null) => void;
}

export interface Creation<T> {
  /** Rejects with what the last attempt failed with, or what `abort` was given. */
  readonly result: Promise<T>;
  readonly abort: (reason: Error) => void;
}

/** Make one resource, in as many attempts as it takes and may take, each in its time, with back-off in between. */
export function startCreation<T>(options: CreationOptions<T>): Creation<T> {
  const { create, timeoutMs, timers, timeoutError, onLate, retries, backoff, random } = options;
  let run: BoundedRun<T> | null = null;
  let rest: { readonly timer: TimerHandle; readonly end: (reason: Error | null) => void } | null = null;
  let aborted: Error | null = null;

  const attempt = async (): Promise<T> => {
    for (let failures = 1; ; failures++) {
      run = boundedRun(create, { timeoutMs, timers, timeoutError, onLate });
      try {
        return await run.result;
      } catch (error) {
        const again = aborted === null && failures <= retries && options.wanted();
        const retryInMs = again ? backoffMs(backoff, failures, random) : null;
        options.onFailure(error, retryInMs);
        if (retryInMs === null) throw error;
        await pause(retryInMs);
        // The borrowers may have left meanwhile.
        if (!options.wanted()) throw error;
      }
    }
  };
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (reason: Error | null): void => {
        rest = null;
        if (reason === null) resolve();
        else reject(reason);
      };
      const timer = timers.setTimeout(() => end(null), ms);
      if (!options.waitedFor()) timer.unref();
      rest = { timer, end };
    });
  return {
    result: attempt(),
    abort: (reason) => {
      aborted = reason;
      run?.abort(reason);
      if (rest === null) return;
      timers.clearTimeout(rest.timer);
      rest.end(reason);
    },
  };
}
