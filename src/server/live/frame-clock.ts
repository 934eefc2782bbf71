import type { TimerHandle, Timers } from '../../components/internal/timers.ts';

export interface FrameClockOptions {
  readonly perSecond: number;
  /** Monotonic, in milliseconds, with a fraction. */
  readonly now: () => number;
  readonly timers: Timers;
  /** Calls back in the next turn of the event loop, after what has come in meanwhile. @default timers only: up to 2 ms late */
  readonly nextTurn?: (callback: () => void) => void;
  /** Called for frame `number`, which was due at `dueMs`. It must not throw. */
  readonly onFrame: (number: number, dueMs: number) => void;
}

/** More than what adding up fractions of milliseconds may be off by. */
const roundingMs = 1e-6;
/**
 * A timer is set to wake so much before a frame is due at least, because timers count whole milliseconds and are late rather
 * than early. What is then left, a millisecond more at most, is waited for turn by turn of the event loop.
 */
const earlyMs = 0.25;

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
  /** Grows with every start and stop: a turn that was asked for before is of no use after. */
  #run = 0;
  #isRunning = false;

  constructor(options: FrameClockOptions) {
    this.#options = options;
    this.#periodMs = 1_000 / options.perSecond;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Does nothing when it runs. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#run++;
    this.#startMs = this.#options.now();
    this.#number = 0;
    this.#wait();
  }

  stop(): void {
    if (this.#timer !== null) this.#options.timers.clearTimeout(this.#timer);
    this.#timer = null;
    this.#isRunning = false;
    this.#run++;
  }

  /** Until the next frame is due, below 0 when it is late; Infinity when the clock stands. */
  msToNext(): number {
    return this.#isRunning ? this.#nextMs() - this.#options.now() : Infinity;
  }

  #nextMs(): number {
    return this.#startMs + (this.#number + 1) * this.#periodMs;
  }

  #wait(): void {
    const { now, nextTurn } = this.#options;
    const leftMs = this.#nextMs() - now();
    if (leftMs <= roundingMs) this.#tick();
    else if (nextTurn === undefined) this.#wakeIn(Math.ceil(leftMs - roundingMs));
    else if (leftMs >= 1 + earlyMs) this.#wakeIn(Math.floor(leftMs - earlyMs));
    else {
      const run = this.#run;
      nextTurn(() => {
        if (run === this.#run) this.#wait();
      });
    }
  }

  #wakeIn(delayMs: number): void {
    this.#timer = this.#options.timers.setTimeout(() => {
      this.#timer = null;
      this.#wait();
    }, delayMs);
  }

  #tick(): void {
    const { now, onFrame } = this.#options;
    const passed = Math.floor((now() - this.#startMs + roundingMs) / this.#periodMs);
    this.#number = Math.max(this.#number + 1, passed);
    const run = this.#run;
    onFrame(this.#number, this.#startMs + this.#number * this.#periodMs);
    if (run === this.#run) this.#wait();
  }
}
