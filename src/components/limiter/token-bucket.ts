import { expected, positiveInteger } from '../internal/option-checks.ts';
import { createKeyedLimiter } from './keyed-limiter.ts';
import type { KeyedOptions, RateLimiter } from './rate-limiter.ts';

export interface TokenBucketOptions extends KeyedOptions {
  /** Points of a full bucket: the largest burst. */
  readonly capacity: number;
  /** Points that come back a second, evenly; fractions allowed. */
  readonly refillPerSecond: number;
}

interface Bucket {
  points: number;
  atMs: number;
}

/**
 * A token bucket for each key: at most `capacity` points at once and refillPerSecond in the long run, so in any t
 * seconds at most capacity + refillPerSecond * t. (The same rule as the leaky bucket as a meter, and as GCRA.)
 */
export function createTokenBucket(options: TokenBucketOptions): RateLimiter {
  const capacity = positiveInteger('capacity', options.capacity);
  const { refillPerSecond } = options;
  if (!(Number.isFinite(refillPerSecond) && refillPerSecond > 0)) {
    throw new RangeError(expected('refillPerSecond', 'a positive number', refillPerSecond));
  }
  const perMs = refillPerSecond / 1e3;
  return createKeyedLimiter<Bucket>(
    {
      most: capacity,
      create: (nowMs) => ({ points: capacity, atMs: nowMs }),
      update: (bucket, nowMs) => {
        // A clock that was set back gives nothing and takes nothing.
        bucket.points = Math.min(capacity, bucket.points + Math.max(0, nowMs - bucket.atMs) * perMs);
        bucket.atMs = nowMs;
      },
      // What rounding took off must not refuse a point at the very moment it was promised for.
      available: ({ points }) => Math.min(capacity, points + 1e-9),
      msUntil: ({ points }, wanted) => (wanted - points) / perMs,
      take: (bucket, points) => {
        bucket.points = Math.max(0, bucket.points - points);
      },
    },
    options,
  );
}
