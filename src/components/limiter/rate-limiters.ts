import type { KeyedOptions, RateLimiter } from './rate-limiter.ts';
import { createSlidingWindow } from './sliding-window.ts';
import { createTokenBucket } from './token-bucket.ts';

/** Every limiter by name, from what they all understand: `limit` points a window of `windowMs`. */
export const rateLimiters = {
  'token-bucket': ({ limit, windowMs, ...keyed }) =>
    createTokenBucket({ ...keyed, capacity: limit, refillPerSecond: (limit / windowMs) * 1e3 }),
  'sliding-window': createSlidingWindow,
} satisfies Record<string, (options: LimitOptions) => RateLimiter>;

export type RateLimiterName = keyof typeof rateLimiters;

interface LimitOptions extends KeyedOptions {
  readonly limit: number;
  readonly windowMs: number;
}
