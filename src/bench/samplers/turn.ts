import { nowNs } from '../../measure/clock.ts';

/** One turn of the event loop: timers, I/O, messages and signals get their say. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const everyNs = 50e6;

/** Gives a function that turns the event loop when the last turn was 50 ms ago, for work that never waits. */
export function createBreather(): () => Promise<void> | undefined {
  let lastNs = nowNs();
  return () => {
    if (nowNs() - lastNs < everyNs) return undefined;
    return turn().then(() => {
      lastNs = nowNs();
    });
  };
}
