/** Says who may go on now and who must wait. Nothing here waits itself: there are no timers. */
export interface RateLimiter {
  /**
   * Take `points` (1 by default) of the key's allowance, or none of it when they are not all there. O(1) amortised.
   * Throws RangeError when `points` is no whole number from 1 to the most that can ever be had at once.
   */
  consume(key: string, points?: number): Consumption;
  /** What `consume` would say, without taking anything. */
  peek(key: string, points?: number): Consumption;
  /** Give a key its full allowance back. */
  reset(key: string): void;
  stats(): RateLimiterStats;
}

export interface Consumption {
  readonly allowed: boolean;
  /** Points that could be taken at once after this. */
  readonly remaining: number;
  /** Until as many points as were asked for are there, if nobody takes any; 0 when allowed. */
  readonly msBeforeNext: number;
}

export interface RateLimiterStats {
  readonly allowed: number;
  readonly refused: number;
  /** Keys that are remembered now. */
  readonly keys: number;
  /** Keys forgotten for others (`maxKeys`) that had not yet got their full allowance back: they were let off. */
  readonly forgottenEarly: number;
}

export interface KeyedOptions {
  /** Most keys to remember; beyond that, the one not asked for longest is forgotten. @default 10000 */
  readonly maxKeys?: number;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}
