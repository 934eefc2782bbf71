import type { Clock } from '../../measure/clock.ts';

/** A wait of a number of turns of a loop, a fraction of a turn being a turn now and then. */
export interface BusyWait {
  /** Gives the index back when the wait is over, so that what depends on it cannot begin before. */
  readonly pause: (index: number) => number;
  /** From here on: so many turns, 0 or more. */
  readonly set: (turns: number) => void;
  /** How long one turn takes, by waiting some milliseconds; what was set stays. */
  readonly turnNs: (now: Clock) => number;
}

/** Quarters of a turn: processors foresee a pattern of four, and would stumble over a longer one. */
const one = 4;
const trials = 5;
const trialCalls = 50;
const trialTurns = 4_000;
const maxTurns = 2 ** 30;

/** Taken by every call, also where nothing is set: the first few turns run beside the fences, so those added would not show. */
const idleTurns = 16;

/** Where the numbers are kept. Not in variables: V8 may keep one that changes as a float, and a turn then takes five times as long. */
const whole = 0;
const part = 1;
const carry = 2;
const state = 3;
/** Always 0, which the compiler does not know. */
const zero = 4;

export function createBusyWait(): BusyWait {
  const cells = new Int32Array(5);
  const pause = (index: number): number => {
    // hot path: each turn needs the one before, so that it can neither be skipped nor run beside the next. The exchanges
    // are memory fences, and the operation behind needs the last turn by its index: without any of these the processor
    // runs up to 50 ns of the wait beside the operations before and behind.
    const quarters = (cells[carry]! + cells[part]!) | 0;
    cells[carry] = quarters & (one - 1);
    let value = Atomics.exchange(cells, state, 0) | 0;
    for (let turns = (cells[whole]! + (quarters >> 2) + idleTurns) | 0; turns > 0; turns = (turns - 1) | 0)
      value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
    Atomics.exchange(cells, state, value);
    return (index + (value & cells[zero]!)) | 0;
  };
  const set = (turns: number): void => {
    const bounded = Math.min(Math.max(turns, 0), maxTurns);
    cells[whole] = Math.floor(bounded);
    cells[part] = Math.floor((bounded % 1) * one + 0.5);
  };
  return {
    pause,
    set,
    turnNs: (now) => {
      const turns = cells[whole]! + cells[part]! / one;
      set(trialTurns - idleTurns);
      let fastest = Infinity;
      for (let trial = 0; trial < trials; trial++) {
        const startNs = now();
        for (let call = 0; call < trialCalls; call++) pause(call);
        fastest = Math.min(fastest, (now() - startNs) / (trialCalls * trialTurns));
      }
      set(turns);
      return fastest;
    },
  };
}
