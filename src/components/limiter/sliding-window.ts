import { delayMs, expected, positiveInteger } from '../internal/option-checks.ts';
import { createKeyedLimiter } from './keyed-limiter.ts';
import type { KeyedOptions, RateLimiter } from './rate-limiter.ts';

export interface SlidingWindowOptions extends KeyedOptions {
  /** Points in any window. */
  readonly limit: number;
  /** More than 0. */
  readonly windowMs: number;
}

/** Takings within the window, oldest first: from `first` on; what is before is gone. */
interface Log {
  readonly takings: { readonly atMs: number; readonly points: number }[];
  first: number;
  taken: number;
}

/**
 * An exact sliding window for each key: no window of windowMs, wherever it starts, has more than `limit` points (the
 * instant at which a taking is exactly windowMs old is outside). Remembers each taking: at most `limit` for a key.
 */
export function createSlidingWindow(options: SlidingWindowOptions): RateLimiter {
  const limit = positiveInteger('limit', options.limit);
  const windowMs = delayMs('windowMs', options.windowMs);
  if (windowMs === 0) throw new RangeError(expected('windowMs', 'more than 0', windowMs));
  return createKeyedLimiter<Log>(
    {
      most: limit,
      create: () => ({ takings: [], first: 0, taken: 0 }),
      update: (log, nowMs) => {
        for (let oldest = log.takings[log.first]; oldest !== undefined; oldest = log.takings[log.first]) {
          if (oldest.atMs + windowMs > nowMs) break;
          log.taken -= oldest.points;
          log.first++;
        }
        // Now and then, so that it is O(1) a taking.
        if (log.first * 2 > log.takings.length) {
          log.takings.splice(0, log.first);
          log.first = 0;
        }
      },
      available: ({ taken }) => limit - taken,
      msUntil: ({ takings, first, taken }, points, nowMs) => {
        let free = limit - taken;
        for (let index = first; index < takings.length; index++) {
          const taking = takings[index];
          free += taking?.points ?? 0;
          if (taking !== undefined && free >= points) return taking.atMs + windowMs - nowMs;
        }
        return 0;
      },
      take: (log, points, nowMs) => {
        log.takings.push({ atMs: nowMs, points });
        log.taken += points;
      },
    },
    options,
  );
}
