import type { Tick } from './priority-lanes.ts';

/** Reading the clock costs as much as an entry, and all that is added by one event may have one time. */
export class TickClock {
  readonly #now: () => number;
  readonly #onEnd: () => void;
  #tick: Tick | null = null;
  #ticks = 0;
  readonly #endOfEvent = (): void => {
    this.#tick = null;
    this.#onEnd();
  };

  /** `onEnd` is called after the event in which a tick began, whatever else ended that tick. */
  constructor(now: () => number, onEnd: () => void) {
    this.#now = now;
    this.#onEnd = onEnd;
  }

  // hot path
  get tick(): Tick {
    return this.#tick ?? this.#begin();
  }

  /** What is added from now on is of another tick; the order of the last one. */
  end(): number {
    this.#tick = null;
    return this.#ticks;
  }

  #begin(): Tick {
    this.#tick = { ms: this.#now(), order: ++this.#ticks };
    process.nextTick(this.#endOfEvent);
    return this.#tick;
  }
}
