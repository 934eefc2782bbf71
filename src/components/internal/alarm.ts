import type { TimerHandle, Timers } from './timers.ts';

/**
 * One timer that is set or not set: what a queue of deadlines needs when only its first one matters. Setting it
 * while it is set does nothing, so a ring that comes early must look at its queue again and set it anew.
 */
export class Alarm {
  readonly #timers: Timers;
  readonly #ring: () => void;
  readonly #keepsAlive: boolean;
  #timer: TimerHandle | null = null;

  /** `keepsAlive`: whether the process must not end before it rings. */
  constructor(timers: Timers, ring: () => void, { keepsAlive }: { readonly keepsAlive: boolean }) {
    this.#timers = timers;
    this.#ring = ring;
    this.#keepsAlive = keepsAlive;
  }

  set(delayMs: number): void {
    if (this.#timer !== null) return;
    this.#timer = this.#timers.setTimeout(() => {
      this.#timer = null;
      this.#ring();
    }, delayMs);
    if (!this.#keepsAlive) this.#timer.unref();
  }

  clear(): void {
    if (this.#timer === null) return;
    this.#timers.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
