export interface TimerHandle {
  unref(): unknown;
}

/** Where a component gets its timers from; tests give a virtual clock. */
export interface Timers {
  setTimeout(callback: () => void, delayMs: number): TimerHandle;
  clearTimeout(timer: TimerHandle): void;
}

export const systemTimers: Timers = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  // A method, so that it may ask for the handle that its own setTimeout returns.
  clearTimeout(timer: NodeJS.Timeout) {
    clearTimeout(timer);
  },
};

/** Milliseconds on the monotonic clock. */
export const monotonicMs: () => number = performance.now.bind(performance);
