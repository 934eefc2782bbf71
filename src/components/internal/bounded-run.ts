import { Alarm } from './alarm.ts';
import type { Timers } from './timers.ts';

export interface BoundedRun<T> {
  readonly result: Promise<T>;
  /** Reject `result` with the reason and abort the work's signal; nothing when it is already settled. */
  readonly abort: (reason: Error) => void;
}

export interface BoundedRunOptions<T> {
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly timers: Timers;
  readonly timeoutError: () => Error;
  /** Takes a value that came after time-out or abort, which nobody else will see. */
  readonly onLate: (value: T) => void;
}

/**
 * Start `work` soon (in a promise job, so that the caller's state is complete before the user's code runs), and stop
 * waiting for it at the time-out. A late failure is dropped: its time-out was reported.
 */
export function boundedRun<T>(
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  { timeoutMs, timers, timeoutError, onLate }: BoundedRunOptions<T>,
): BoundedRun<T> {
  const controller = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let settled = false;

  const abort = (reason: Error): void => {
    if (settled) return;
    settled = true;
    alarm.clear();
    reject(reason);
    controller.abort(reason);
  };
  const alarm = new Alarm(timers, () => abort(timeoutError()), { keepsAlive: true });
  if (timeoutMs > 0) alarm.set(timeoutMs);

  const run = async (): Promise<void> => {
    await Promise.resolve();
    if (settled) return;
    try {
      const value = await work(controller.signal);
      if (settled) {
        onLate(value);
        return;
      }
      resolve(value);
    } catch (error) {
      if (!settled) reject(error);
    }
    settled = true;
    alarm.clear();
  };
  void run();
  return { result: promise, abort };
}
