/** How many frames a second were really sent, over the last second and more in which there were any. */
export interface FrameRate {
  /** A frame, by its number since the clock was started. */
  readonly tick: (number: number, nowMs: number) => void;
  /** 0 before the first second is over. */
  readonly perSecond: () => number;
}

const windowMs = 1_000;

/** Time in which the clock stood, because nobody watched, does not count. */
export function createFrameRate(): FrameRate {
  let lastNumber = Infinity;
  let startMs = 0;
  let frames = 0;
  let perSecond = 0;
  return {
    tick(number, nowMs) {
      // A number that is not larger is that of a clock that was started again.
      if (number <= lastNumber) {
        startMs = nowMs;
        frames = 0;
      } else frames++;
      lastNumber = number;
      const elapsedMs = nowMs - startMs;
      if (elapsedMs < windowMs) return;
      perSecond = (frames * 1_000) / elapsedMs;
      startMs = nowMs;
      frames = 0;
    },
    perSecond: () => perSecond,
  };
}
