import { medianOf } from '../../measure/statistics/median.ts';
import type { Clock } from '../../measure/clock.ts';

export interface RehearsalOptions {
  readonly concurrency: number;
  readonly now: Clock;
  /** From here on every call waits so long. */
  readonly wait: (ns: number) => void;
}

/** Finds out, from among the calls of a warm-up, how fast they follow each other and what a wait adds to that. */
export interface Rehearsal {
  /** To be told before every call. */
  readonly called: () => void;
  /** To be told of time in which nobody was let call: it belongs to no window. */
  readonly stoodStill: (ns: number) => void;
  /** Wait no more, and say what was found; null when there were too few calls. */
  readonly end: () => RehearsalResult | null;
}

interface RehearsalResult {
  /** From call to call without a wait. What several callers wait for each other is in it once, not once for each. */
  readonly gapNs: number;
  /** By how much the gap grows for each nanosecond of wait: 1 where calls are work, down to 1 / concurrency where they are waiting. */
  readonly response: number;
}

/** Long enough that reading the clock and changing the wait do not count. */
const windowNs = 1e6;
/** What is awaited comes in bursts, and goes on for a while as it was: windows hold many rounds of all callers, where there is time. */
const fewestRounds = 2;
const usualRounds = 16;
const patienceNs = 8e6;
const mostCalls = 2 ** 24;
/** Kept of either kind: the last ones. */
const kept = 64;
/** Fewer windows of either kind say nothing about what a wait adds. */
const fewestForResponse = 8;
/** Share of the gap that is waited in every second window: so much that it shows. */
const share = 0.25;
const mostResponse = 1.25;

/** Windows of calls with a wait and without one take turns until the end. */
export function createRehearsal({ concurrency, now, wait }: RehearsalOptions): Rehearsal {
  const gaps = { without: new Ring(), within: new Ring() };
  const waits = new Ring();
  let calls = 0;
  let size = 2 ** Math.ceil(Math.log2(fewestRounds * concurrency));
  let startNs = NaN;
  let waitNs = 0;
  let sized = false;
  let ended = false;

  const endWindow = (): void => {
    calls = 0;
    const endNs = now();
    const elapsedNs = endNs - startNs;
    startNs = endNs;
    // the first call of all only starts the clock
    if (ended || Number.isNaN(elapsedNs)) return;
    if (!sized && size < mostCalls) {
      const enough = size >= usualRounds * concurrency || elapsedNs >= patienceNs;
      if (elapsedNs < windowNs || !enough) {
        size *= 2;
        return;
      }
    }
    sized = true;
    const gapNs = elapsedNs / size;
    if (waitNs > 0) {
      gaps.within.add(gapNs);
      waits.add(waitNs);
      waitNs = 0;
    } else {
      gaps.without.add(gapNs);
      waitNs = share * gapNs;
    }
    wait(waitNs);
  };
  return {
    called: () => {
      // hot path
      calls = (calls + 1) | 0;
      if (calls >= size || startNs !== startNs) endWindow();
    },
    stoodStill: (ns) => {
      startNs += ns;
    },
    end: () => {
      ended = true;
      wait(0);
      if (gaps.without.count === 0) return null;
      return { gapNs: medianOf(gaps.without.later()), response: responseOf(gaps, waits, concurrency) };
    },
  };
}

/** The last values of a row. */
class Ring {
  readonly #values = new Float64Array(kept);
  #added = 0;

  get count(): number {
    return Math.min(this.#added, kept);
  }

  add(value: number): void {
    this.#values[this.#added++ % kept] = value;
  }

  /** The later half of all there were, at most those that are kept, in order: the first are from before code was compiled. */
  later(): Float64Array {
    const wanted = Math.min(Math.ceil(this.#added / 2), kept);
    return Float64Array.from(
      { length: wanted },
      (_, back) => this.#values[(this.#added - 1 - back) % kept] ?? 0,
    ).toSorted();
  }
}

/** 1 unless the windows show that it is not. */
function responseOf(
  { without, within }: { readonly without: Ring; readonly within: Ring },
  waits: Ring,
  concurrency: number,
): number {
  if (Math.min(without.count, within.count) < fewestForResponse) return 1;
  const [fast, slow] = [without.later(), within.later()];
  const waitNs = medianOf(waits.later());
  const response = (medianOf(slow) - medianOf(fast)) / waitNs;
  const error = Math.hypot(errorOfMedian(fast), errorOfMedian(slow)) / waitNs;
  if (Math.abs(response - 1) < 2 * error) return 1;
  return Math.min(Math.max(response, 1 / concurrency), mostResponse);
}

/** Standard error of a median, from the quartiles, as for normal values. */
function errorOfMedian(sorted: Float64Array): number {
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  const deviation = (at(0.75) - at(0.25)) / 1.349;
  return (1.2533 * deviation) / Math.sqrt(sorted.length);
}
