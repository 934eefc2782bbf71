import { medianOf } from '../../measure/statistics/median.ts';
import type { Clock } from '../../measure/clock.ts';

/** How fast calls follow each other, seen from among them. */
export interface CallPace {
  readonly called: () => void;
  /** Nanoseconds from call to call, of the later half of the windows; null when there were too few calls to tell. */
  readonly gapNs: () => number | null;
}

const fewestWindows = 4;
const kept = 256;

/** Windows hold some rounds of all callers, since what is awaited comes in bursts. */
export function createCallPace(concurrency: number, now: Clock): CallPace {
  const size = 2 ** Math.ceil(Math.log2(Math.max(8 * concurrency, 8)));
  const mask = size - 1;
  const windowsNs = new Float64Array(kept);
  let windows = 0;
  let calls = 0;
  let lastNs = NaN;
  return {
    called: () => {
      // hot path
      calls = (calls + 1) | 0;
      if ((calls & mask) !== 0) return;
      const currentNs = now();
      if (lastNs === lastNs) windowsNs[windows++ % kept] = currentNs - lastNs;
      lastNs = currentNs;
    },
    gapNs: () => {
      const count = Math.min(windows, kept);
      if (count < fewestWindows) return null;
      // The first windows are from before the code was compiled.
      const order = Array.from({ length: count }, (_, back) => windowsNs[(windows - 1 - back) % kept] ?? 0);
      const later = order.slice(0, Math.ceil(count / 2)).toSorted((a, b) => a - b);
      return medianOf(later) / size;
    },
  };
}
