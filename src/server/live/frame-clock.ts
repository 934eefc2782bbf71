import type { TimerHandle, Timers } from '../../components/internal/timers.ts';

export interface FrameClockOptions {
  readonly perSecond: number;
  readonly now: () => number;
  readonly timers: Timers;
  /** Called for frame `number`, which was due at `dueMs`. It must not throw. */
  readonly onFrame: (number: number, dueMs: number) => void;
}

/** More than what adding up fractions of milliseconds may be off by. */
const roundingMs = 1e-6;

/**
 * Calls back so often a second, for as long as it runs. Frame n is due n periods after the start, so that a late timer
 * delays one frame and none after it. Frames that were missed altogether are left out, not sent in a burst.
 */
export class FrameClock {
  readonly #options: FrameClockOptions;
  readonly #periodMs: number;
  #startMs = 0;
  #number = 0;
  #timer: TimerHandle | null = null;

  constructor(options: FrameClockOptions) {
    this.#options = options;
    this.#periodMs = 1_000 / options.perSecond;
  }

  get isRunning(): boolean {
    return this.#timer !== null;
  }

  /** Does nothing when it runs. */
  start(): void {
    if (this.#timer !== null) return;
    this.#startMs = this.#options.now();
    this.#number = 0;
    this.#wait();
  }

  stop(): void {
    if (this.#timer !== null) this.#options.timers.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(): void {
    const dueMs = this.#startMs + (this.#number + 1) * this.#periodMs;
    // Node cuts fractions off, and would come early.
    const inMs = Math.max(0, Math.ceil(dueMs - this.#options.now() - roundingMs));
    this.#timer = this.#options.timers.setTimeout(() => this.#tick(), inMs);
  }

  #tick(): void {
    const passed = Math.floor((this.#options.now() - this.#startMs + roundingMs) / this.#periodMs);
    this.#number = Math.max(this.#number + 1, passed);
    this.#wait();
    this.#options.onFrame(this.#number, this.#startMs + this.#number * this.#periodMs);
  }
}
