import { nowNs } from '../measure/clock.ts';
import type { Clock } from '../measure/clock.ts';

/** From here on the event loop is turned instead of slept through: a timer's grain is a millisecond. */
const spinNs = 2e6;

interface Due {
  readonly atNs: number;
  readonly send: () => void;
}

/** Sends replies on time, to a few microseconds. They must be added in the order in which they are due. */
export class ReplySchedule {
  readonly #now: Clock;
  #queue: Due[] = [];
  #waiting = false;
  #stopped = false;

  constructor(now: Clock = nowNs) {
    this.#now = now;
  }

  add(atNs: number, send: () => void): void {
    this.#queue.push({ atNs, send });
    if (!this.#waiting) this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    this.#queue = [];
  }

  #wait(): void {
    const first = this.#queue[0];
    this.#waiting = first !== undefined && !this.#stopped;
    if (first === undefined || this.#stopped) return;
    const inNs = first.atNs - this.#now();
    if (inNs > spinNs) setTimeout(() => this.#run(), (inNs - 1.5e6) / 1e6);
    else setImmediate(() => this.#run());
  }

  #run(): void {
    let sent = 0;
    for (const due of this.#queue) {
      if (due.atNs > this.#now()) break;
      due.send();
      sent++;
    }
    this.#queue.splice(0, sent);
    this.#wait();
  }
}
