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

  stats(now: Pick<PoolStats, Now>, nowMs: number): PoolStats {
    const borrowedMs = this.use.sumMs + now.borrowed * nowMs - this.borrowedSinceSumMs;
    const ageMs = nowMs - this.#startMs;
    return {
      ...now,
      created: this.created,
      createFailures: this.createFailures,
      validationFailures: this.validationFailures,
      destroyed: this.destroyed,
      destroyFailures: this.destroyFailures,
      acquires: this.acquires,
      waits: this.waits,
      leaks: this.leaks,
      // Sums of floating point numbers may come out a trifle beyond.
      utilization: ageMs > 0 ? Math.min(1, Math.max(0, borrowedMs / (this.#max * ageMs))) : 0,
      wait: this.wait.summary(),
      use: this.use.summary(),
      create: this.create.summary(),
    };
  }
}
