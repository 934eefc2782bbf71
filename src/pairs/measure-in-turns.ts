import { pinMainThread } from '../bench/rounds/pin.ts';
import { Turns } from '../bench/rounds/turns.ts';
import type { RoundResult, RoundTask } from '../bench/rounds/round-result.ts';
import type { ArmPlan } from './arm.ts';
import type { MeasureRound } from './measure-round.ts';

/** One of several rounds that are measured at once. */
export interface TurnEntry {
  readonly arm: ArmPlan;
  readonly task: RoundTask;
}

/** Rounds in processes of their own, for some milliseconds at a time in turns, in this order; null when aborted. */
export type MeasureInTurns = (
  entries: readonly TurnEntry[],
  signal: AbortSignal,
) => Promise<RoundResult[] | null>;

export interface RoundsInTurns {
  readonly measure: MeasureInTurns;
  /** What one should know about how it went. */
  readonly notes: () => string[];
}

/**
 * What disturbs a core for tenths of a second (another tenant, a change of frequency) meets all who take turns on it
 * alike, so it falls out of what they are compared by. Throws what any of the rounds throws, when the others have ended.
 */
export function createRoundsInTurns(
  measure: MeasureRound,
  pinThread: typeof pinMainThread = pinMainThread,
): RoundsInTurns {
  let canPin = true;
  const pin = async (pid: number): Promise<void> => {
    if (canPin) canPin = await pinThread(pid);
  };
  return {
    measure: async (entries, signal) => {
      const turns = new Turns(entries.length, pin);
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const rounds = entries.map(async ({ arm, task }) => {
        try {
          return await measure(arm, task, either, turns);
        } catch (error) {
          failed.abort();
          throw error;
        }
      });
      await Promise.allSettled(rounds);
      const results = await Promise.all(rounds);
      if (signal.aborted) return null;
      const whole = results.filter((result) => result !== null);
      return whole.length === entries.length ? whole : null;
    },
    notes: () =>
      canPin
        ? []
        : [
            'the two sides could not be kept on one core (it takes Linux and taskset), so what disturbs one core may be taken for a difference',
          ],
  };
}
