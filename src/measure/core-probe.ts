import { nowNs } from './clock.ts';
import type { Clock } from './clock.ts';
import { compileCoreKernel } from './core-kernel.ts';

/**
 * How long a fixed piece of arithmetic took, over the readings of a round. A core that is shared with another tenant
 * (the two threads of one core often belong to two virtual machines) is neither lost nor stolen, so no counter shows it:
 * it is slower by a third or more for some tenths of a second, which this arithmetic feels as ordinary code does.
 */
export interface CoreReadings {
  readonly readings: number;
  /** The fastest since the probe was made: that of an undisturbed core. */
  readonly fastestNs: number;
  /** Mean; a reading that was interrupted counts as twice the fastest. */
  readonly meanNs: number;
}

export interface CoreProbe {
  /** Take a reading, some 25 us, if the last one is 2 ms ago. */
  readonly sample: () => void;
  /** Forget what was counted. */
  readonly reset: () => void;
  /** Null when nothing was counted. */
  readonly readings: () => CoreReadings | null;
}

const everyNs = 2e6;
/** So many readings are kept, 16 s of them; later ones take the places of the first. */
const capacity = 8_192;
const mostTimes = 2;
/** Some 10 ms, by the end of which V8 has compiled the arithmetic as well as it can. */
const warmupReadings = 500;

export interface CoreProbeOptions {
  /** For tests. */
  readonly now?: Clock;
  readonly kernel?: () => number;
}

export function createCoreProbe({
  now = nowNs,
  kernel = compileCoreKernel(),
}: CoreProbeOptions = {}): CoreProbe {
  const timesNs = new Float64Array(capacity);
  let fastestNs = Infinity;
  let taken = 0;
  let lastNs = -Infinity;
  const read = (): number => {
    const startNs = now();
    kernel();
    lastNs = now();
    const readingNs = lastNs - startNs;
    if (readingNs < fastestNs) fastestNs = readingNs;
    return readingNs;
  };
  for (let reading = 0; reading < warmupReadings; reading++) read();
  return {
    sample: () => {
      if (now() - lastNs < everyNs) return;
      // the first one finds the core as the subject left it
      read();
      timesNs[taken++ % capacity] = read();
    },
    reset: () => {
      taken = 0;
    },
    readings: () => {
      const readings = Math.min(taken, capacity);
      if (readings === 0) return null;
      const sum = timesNs
        .subarray(0, readings)
        .reduce((all, ns) => all + Math.min(ns, mostTimes * fastestNs), 0);
      return { readings, fastestNs, meanNs: sum / readings };
    },
  };
}
