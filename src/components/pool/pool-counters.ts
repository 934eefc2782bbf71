import { DurationHistogram } from '../internal/duration-histogram.ts';
import type { PoolStats } from './pool.ts';

type Now = 'total' | 'idle' | 'checking' | 'borrowed' | 'waiting' | 'acquireTimeouts';

/** What a pool counts; see PoolStats. */
export class PoolCounters {
  created = 0;
  createFailures = 0;
  validationFailures = 0;
  destroyed = 0;
  destroyFailures = 0;
  acquires = 0;
  waits = 0;
  leaks = 0;
  /** Sum of the times at which what is borrowed now was borrowed. */
  borrowedSinceSumMs = 0;
  readonly wait = new DurationHistogram();
  readonly use = new DurationHistogram();
  readonly create = new DurationHistogram();
  readonly #max: number;
  readonly #startMs: number;

  constructor(max: number, startMs: number) {
    this.#max = max;
    this.#startMs = startMs;
  }

  stats(this: PoolCounters, now: Pick<PoolStats, Now>, nowMs: number): PoolStats {
    const { borrowedSinceSumMs, wait, use, create, ...counts } = this;
    const borrowedMs = use.sumMs + now.borrowed * nowMs - borrowedSinceSumMs;
    const ageMs = nowMs - this.#startMs;
    return {
      ...counts,
      ...now,
      // Sums of floating point numbers may come out a trifle beyond.
      utilization: ageMs > 0 ? Math.min(1, Math.max(0, borrowedMs / (this.#max * ageMs))) : 0,
      wait: wait.summary(),
      use: use.summary(),
      create: create.summary(),
    };
  }
}
