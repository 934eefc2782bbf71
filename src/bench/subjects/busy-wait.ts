import type { Clock } from '../../measure/clock.ts';

/** A wait of a number of turns of a loop, a fraction of a turn being a turn now and then. */
export interface BusyWait {
  readonly pause: () => void;
  /** From here on: so many turns, 0 or more. */
  readonly set: (turns: number) => void;
  /** How long one turn takes by itself, about. */
  readonly turnNs: (now: Clock) => number;
}

/** Quarters of a turn: processors foresee a pattern of four, and would stumble over a longer one. */
const one = 4;
const trials = 5;
const trialTurns = 200_000;

export function createBusyWait(): BusyWait {
  // Small integers: V8 keeps them without allocating.
  let whole = 0;
  let part = 0;
  let carry = 0;
  let state = 1;
  return {
    pause: () => {
      // hot path: each turn needs the one before, so that it can neither be skipped nor run beside the next
      carry += part;
      let turns = whole + (carry >> 2);
      carry &= one - 1;
      let value = state;
      while (turns-- > 0) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
      state = value;
    },
    set: (turns) => {
      const bounded = Math.min(Math.max(turns, 0), 2 ** 30);
      whole = Math.floor(bounded);
      part = Math.floor((bounded - whole) * one + 0.5);
    },
    turnNs: (now) => {
      let fastest = Infinity;
      for (let trial = 0; trial < trials; trial++) {
        const startNs = now();
        let value = state;
        for (let turn = 0; turn < trialTurns; turn++)
          value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
        state = value;
        fastest = Math.min(fastest, (now() - startNs) / trialTurns);
      }
      return fastest;
    },
  };
}
