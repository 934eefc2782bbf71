import type { Histogram } from '../../measure/histogram.ts';
import type { HistogramPool } from '../record/histogram-pool.ts';
import type { EventLoop, Timer } from './event-loop.ts';

/** How often it looks. */
const beatNs = 20e6;
/** A timer's own grain, and some more: not worth telling. */
const grainNs = 2e6;
/** Delays that are remembered: hundreds in a run of which operations last seconds would say enough by themselves. */
const remembered = 256;

/**
 * Watches how late the event loop of this thread is, so that a slow operation can be told from a slow generator. A beat
 * is a timer: it is late by its grain of a millisecond at most while the loop turns, which a thread that paces precisely
 * does without sleeping, and by as much as anything holds the loop up.
 */
export class DelayWatch {
  readonly #loop: EventLoop;
  readonly #pool: HistogramPool;
  /** Lateness of the beats since the last `take`; null while there was none. */
  #beats: Histogram | null = null;
  readonly #atNs = new Float64Array(remembered);
  readonly #delayNs = new Float64Array(remembered);
  #count = 0;
  #timer: Timer | null = null;

  constructor(loop: EventLoop, pool: HistogramPool) {
    this.#loop = loop;
    this.#pool = pool;
  }

  start(): void {
    const dueNs = this.#loop.now() + beatNs;
    this.#timer = this.#loop.after(beatNs, () => {
      const now = this.#loop.now();
      (this.#beats ??= this.#pool.take()).record(now - dueNs);
      if (now - dueNs > grainNs) {
        this.#atNs[this.#count % remembered] = now;
        this.#delayNs[this.#count % remembered] = now - dueNs;
        this.#count++;
      }
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** How late each beat was since the last call, to be given back to the pool; null without one. */
  take(): Histogram | null {
    const beats = this.#beats;
    this.#beats = null;
    return beats;
  }

  /** The longest delay that overlaps the time; 0 when the loop was never late, but for the beat that is under way. */
  between(fromNs: number, toNs: number): number {
    let longest = 0;
    for (let index = 0; index < Math.min(this.#count, remembered); index++) {
      const endNs = this.#atNs[index] ?? 0;
      const delayNs = this.#delayNs[index] ?? 0;
      if (endNs >= fromNs && endNs - delayNs <= toNs) longest = Math.max(longest, delayNs);
    }
    return longest;
  }
}
