import { setImmediate } from 'node:timers/promises';

/** A timer of the virtual clock; `hasRef` tells whether it would have kept the process alive. */
export interface VirtualTimer {
  readonly dueMs: number;
  hasRef(): boolean;
  ref(): VirtualTimer;
  unref(): VirtualTimer;
}

interface Entry extends VirtualTimer {
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that moves only when a test says so. `nowMs`, `nowNs`, `setTimeout` and `clearTimeout` are bound, so they
 * can be passed on one by one or as `timers: clock`. `advance` runs the timers that fall due in order of time
 * (then of creation), each at its own time, and after each lets every promise job settle.
 */
export class VirtualClock {
  #nowMs: number;
  #orders = 0;
  readonly #timers = new Set<Entry>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  readonly nowMs = (): number => this.#nowMs;

  readonly nowNs = (): number => this.#nowMs * 1e6;

  readonly setTimeout = (callback: () => void, delayMs = 0): VirtualTimer => {
    let referenced = true;
    const timer: Entry = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#orders++,
      callback,
      hasRef: () => referenced,
      ref: () => {
        referenced = true;
        return timer;
      },
      unref: () => {
        referenced = false;
        return timer;
      },
    };
    this.#timers.add(timer);
    return timer;
  };

  /** Takes what `setTimeout` returned; anything else is ignored, as the real one does. */
  readonly clearTimeout = (timer: unknown): void => {
    for (const entry of this.#timers) {
      if (entry === timer) this.#timers.delete(entry);
    }
  };

  /** Timers that are set and have not run, soonest first. */
  get pending(): readonly VirtualTimer[] {
    return this.#sorted();
  }

  /** Move time forward, to the nanosecond if asked (0.000001). Timers that are set meanwhile and fall due run too. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await this.settle();
    for (;;) {
      const next = this.#sorted()[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await this.settle();
    }
    this.#nowMs = untilMs;
  }

  /** Let every promise job and nextTick that is queued, and those they queue, run. Time stands still. */
  async settle(): Promise<void> {
    await setImmediate();
  }

  #sorted(): Entry[] {
    return [...this.#timers].toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order);
  }
}
