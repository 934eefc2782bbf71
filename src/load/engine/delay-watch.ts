import type { EventLoop, Timer } from './event-loop.ts';

/** How often it looks. */
const beatNs = 20e6;
/** A timer's own grain, and some more: not worth telling. */
const grainNs = 2e6;
/** Delays that are remembered: hundreds in a run of which operations last seconds would say enough by themselves. */
const remembered = 256;

/** Watches how late the event loop of this thread is, so that a slow operation can be told from a slow generator. */
export class DelayWatch {
  readonly #loop: EventLoop;
  readonly #atNs = new Float64Array(remembered);
  readonly #delayNs = new Float64Array(remembered);
  #count = 0;
  #timer: Timer | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  start(): void {
    const dueNs = this.#loop.now() + beatNs;
    this.#timer = this.#loop.after(beatNs, () => {
      const now = this.#loop.now();
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
