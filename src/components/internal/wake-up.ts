import type { TimerHandle, Timers } from './timers.ts';

export interface WakeUpOptions {
  readonly timers: Timers;
  /** The clock of the times given to `at`. */
  readonly now: () => number;
  readonly ring: () => void;
  /** Whether the process must not end before it rings. */
  readonly keepsAlive: boolean;
}

/**
 * One timer for many deadlines: `at` moves it forward when it is set for later, never back. Whoever is rung looks at
 * all deadlines and calls `at` for the next one, so a ring that comes early (a timer may round down) costs nothing.
 */
export class WakeUp {
  readonly #options: WakeUpOptions;
  #timer: TimerHandle | null = null;
  #dueMs = Infinity;

  constructor(options: WakeUpOptions) {
    this.#options = options;
  }

  /** Ring at this time or earlier; nothing for Infinity. */
  at(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.clear();
    this.#dueMs = dueMs;
    const { timers, now, keepsAlive } = this.#options;
    // A day is within what a timer takes; the ring then sets it anew.
    const delayMs = Math.min(Math.max(0, dueMs - now()), 86_400_000);
    this.#timer = timers.setTimeout(() => {
      this.#timer = null;
      this.#dueMs = Infinity;
      this.#options.ring();
    }, delayMs);
    if (!keepsAlive) this.#timer.unref();
  }

  clear(): void {
    this.#dueMs = Infinity;
    if (this.#timer === null) return;
    this.#options.timers.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
