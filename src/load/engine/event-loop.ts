import { nowNs } from '../../measure/clock.ts';
import type { Clock } from '../../measure/clock.ts';

/** Time and turns of the event loop, injected so that the engine can be tested on virtual time. */
export interface EventLoop {
  readonly now: Clock;
  /** Read the clock until it shows `untilNs`, for some 25 us at the longest; returns what it shows then. */
  readonly watch: (untilNs: number) => number;
  /** Call back once, not before the delay is over; as late as a millisecond timer is. */
  readonly after: (delayNs: number, callback: () => void) => Timer;
  /** Call back in the next turn, after waiting input has been read. */
  readonly soon: (callback: () => void) => void;
}

export interface Timer {
  readonly cancel: () => void;
}

const readsInARow = 500;

/** This thread's own event loop. */
export const nodeEventLoop: EventLoop = {
  now: nowNs,
  watch(untilNs) {
    // hot path: read here and not through `now`, so that no number is allocated for each reading
    const untilMs = untilNs / 1e6;
    let nowMs = performance.now();
    for (let reads = 1; reads < readsInARow && nowMs < untilMs; reads++) nowMs = performance.now();
    return nowMs * 1e6;
  },
  after(delayNs, callback) {
    const timer = setTimeout(callback, Math.max(1, Math.ceil(delayNs / 1e6)));
    return { cancel: () => clearTimeout(timer) };
  },
  soon: setImmediate,
};
