import { monotonicMs } from '../internal/timers.ts';

export interface Stopwatch {
  /** Since the start, without the pauses. */
  readonly elapsedMs: number;
  /** Since the last lap or the start, without the pauses; begins the next lap. */
  lap(): number;
  /** Stand still until `resume`; nothing when it does. */
  pause(): void;
  resume(): void;
}

/** Runs from now on. */
export function startStopwatch(now: () => number = monotonicMs): Stopwatch {
  let [startMs, pausedAtMs, lapMs] = [now(), NaN, 0];
  const elapsed = (): number => (Number.isNaN(pausedAtMs) ? now() : pausedAtMs) - startMs;
  return {
    get elapsedMs() {
      return elapsed();
    },
    lap() {
      const beforeMs = lapMs;
      lapMs = elapsed();
      return lapMs - beforeMs;
    },
    pause() {
      if (Number.isNaN(pausedAtMs)) pausedAtMs = now();
    },
    resume() {
      if (Number.isNaN(pausedAtMs)) return;
      startMs += now() - pausedAtMs;
      pausedAtMs = NaN;
    },
  };
}

/** What `work` returns or resolves with, and how long it took. */
export async function measureTime<T>(
  work: () => T | PromiseLike<T>,
  now: () => number = monotonicMs,
): Promise<{ readonly value: T; readonly ms: number }> {
  const startMs = now();
  const value = await work();
  return { value, ms: now() - startMs };
}
