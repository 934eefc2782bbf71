import { Alarm } from '../internal/alarm.ts';
import type { Timers } from '../internal/timers.ts';

/** Longest delay that a Node timer takes; after it the alarm is simply set again. */
const longestDelayMs = 2_147_483_647;

interface Clock {
  readonly now: () => number;
  readonly timers: Timers;
}

/** Runs `purge` by the earliest time asked for, and again when `purge` says (ms on the clock; Infinity: not again). */
export class PurgeAlarm {
  readonly #now: () => number;
  readonly #alarm: Alarm;
  #dueMs = Infinity;

  constructor({ now, timers }: Clock, purge: () => number) {
    this.#now = now;
    this.#alarm = new Alarm(
      timers,
      () => {
        this.#dueMs = Infinity;
        this.by(purge());
      },
      { keepsAlive: false },
    );
  }

  /** Nothing when it is set for that time or an earlier one. */
  by(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#alarm.clear();
    this.#alarm.set(Math.min(longestDelayMs, Math.max(1, dueMs - this.#now())));
  }

  clear(): void {
    this.#alarm.clear();
    this.#dueMs = Infinity;
  }
}
