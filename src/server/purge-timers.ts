import type { Timers } from '../components/internal/timers.ts';

/** Timers for caches that remove what has expired by themselves: they do so at most every `everyMs`, together. */
export function createPurgeTimers(timers: Timers, everyMs: number): Timers {
  return {
    setTimeout: (callback, delayMs) => timers.setTimeout(callback, Math.max(delayMs, everyMs)),
    clearTimeout: (timer) => timers.clearTimeout(timer),
  };
}
