import { formatRatio } from '../../model/units.ts';
import type { Interval } from '../../model/interval.ts';

/** So long nearly every request has to fail, and so many of them. */
const windowNs = 10e9;
const fewestFailures = 100;
const failedShare = 0.95;

interface Slot {
  readonly startNs: number;
  endNs: number;
  attempts: number;
  failures: number;
}

/** Notices that nearly every request has failed for ten seconds, in a warm-up too. */
export interface FailureWatch {
  readonly see: (interval: Interval) => void;
  /** What is wrong, for people; null while replies come. */
  readonly failure: () => string | null;
}

/** A server that is down gets no more of the load, and nobody waits for the end of a run that is lost. */
export function createFailureWatch(): FailureWatch {
  const slots: Slot[] = [];
  let example = '';
  return {
    see: (interval) => {
      const slot = slotOf(interval);
      const last = slots.at(-1);
      // what ends after its phase, and what other threads saw in the same second, joins the newest slot
      if (last !== undefined && slot.endNs <= last.endNs) {
        last.attempts += slot.attempts;
        last.failures += slot.failures;
      } else {
        slots.push(slot);
      }
      const [worst] = interval.errors.toSorted((a, b) => b.count - a.count);
      if (worst !== undefined) example = `${worst.class}: ${worst.example}`;
      const newestNs = slots.at(-1)?.endNs ?? 0;
      while ((slots[1]?.startNs ?? Infinity) <= newestNs - windowNs) slots.shift();
    },
    failure: () => {
      const [first] = slots;
      const last = slots.at(-1);
      if (first === undefined || last === undefined || last.endNs - first.startNs < windowNs) return null;
      const attempts = slots.reduce((sum, slot) => sum + slot.attempts, 0);
      const failures = slots.reduce((sum, slot) => sum + slot.failures, 0);
      if (failures < fewestFailures || failures <= attempts * failedShare) return null;
      return `${formatRatio(failures / attempts)} of the last ${attempts} requests failed (${example}); --no-abort goes on nevertheless`;
    },
  };
}

function slotOf({ startNs, durationNs, counters }: Interval): Slot {
  const slot = { startNs, endNs: startNs + durationNs, attempts: 0, failures: 0 };
  for (const { metric, count, of } of counters) {
    if (metric !== 'errors') continue;
    slot.attempts += of;
    slot.failures += count;
  }
  return slot;
}
