import { expected } from '../internal/option-checks.ts';
import { monotonicMs } from '../internal/timers.ts';

export interface ExponentialAverageOptions {
  /** After so long without a new value, an old one has half its weight. In milliseconds, more than 0. */
  readonly halfLifeMs: number;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface MovingAverage {
  add(value: number): void;
  /** NaN before the first value. */
  readonly value: number;
}

/**
 * An exponentially weighted moving average in time: a value of age t has the weight 2^(-t / halfLifeMs), so that it
 * does not matter how regularly values come. Values of one moment have the same weight. O(1) memory.
 */
export function createExponentialAverage({
  halfLifeMs,
  now = monotonicMs,
}: ExponentialAverageOptions): MovingAverage {
  if (!(Number.isFinite(halfLifeMs) && halfLifeMs > 0)) {
    throw new RangeError(expected('halfLifeMs', 'a positive number of milliseconds', halfLifeMs));
  }
  let [sum, weight, atMs] = [0, 0, 0];
  return {
    add(value) {
      const nowMs = now();
      const fade = weight === 0 ? 0 : 2 ** (-Math.max(0, nowMs - atMs) / halfLifeMs);
      sum = sum * fade + value;
      weight = weight * fade + 1;
      atMs = nowMs;
    },
    get value() {
      // All weights fade alike, so that the average does not depend on when it is asked for.
      return sum / weight;
    },
  };
}
