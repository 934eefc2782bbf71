import type { CoreReadings } from '../measure/core-probe.ts';
import type { RoundResult } from '../bench/rounds/round-result.ts';
import type { MeasureRound } from './measure-round.ts';

export interface CalmRounds {
  readonly measure: MeasureRound;
  /** What the measuring came to, for the notes of a run; empty when every round had a calm core. */
  readonly notes: () => string[];
}

/** By so much the core may be slower than in the best round lately; up to it, what was measured stays within 2 %. */
const disturbedFrom = 0.1;
const mostTries = 2;
/** In all, for one round: to wait is cheaper than to start and warm up again. */
const patienceNs = 4e9;
/** Rounds among which the best is looked for: a frequency that drops for good is the usual one after these. */
const recent = 24;
/** Where more of the last rounds than this stayed disturbed, waiting and trying again is of no use. */
const hopelessFrom = 0.8;
const fewestRounds = 8;

/**
 * A round waits while something else slows the core, and one that was slowed all the same is measured once
 * more, and the calmer one is taken. What decides is the core probe, which runs the same arithmetic whatever the
 * version: nothing of what was measured is looked at, so neither side gains by it.
 */
export function createCalmRounds(measure: MeasureRound): CalmRounds {
  const known: CoreReadings[] = [];
  const disturbed: boolean[] = [];
  const count = { rounds: 0, again: 0, disturbed: 0 };

  /** By how much the core was slower than at its best lately, as a share. */
  const slownessOf = ({ core }: RoundResult): number => {
    if (core === undefined) return 0;
    remember(known, core);
    return core.meanNs / Math.min(...known.map(({ meanNs }) => meanNs)) - 1;
  };

  const isHopeless = (): boolean =>
    disturbed.length >= fewestRounds && disturbed.filter(Boolean).length > hopelessFrom * disturbed.length;

  return {
    measure: async (arm, task, signal) => {
      const hopeless = isHopeless();
      const tries = hopeless ? 1 : mostTries;
      let calmest: { readonly result: RoundResult; readonly slowness: number } | null = null;
      for (let done = 0; done < tries; done++) {
        const calmCore = { knownNs: bestOf(known), patienceNs: hopeless ? 0 : patienceNs };
        const extras = task.extras && { ...task.extras, calmCore };
        const result = await measure(arm, { ...task, ...(extras && { extras }) }, signal);
        if (result === null) return null;
        const slowness = slownessOf(result);
        if (calmest === null || slowness < calmest.slowness) calmest = { result, slowness };
        if (slowness < disturbedFrom) break;
        if (done < tries - 1) count.again++;
      }
      if (calmest === null) return null;
      const isDisturbed = calmest.slowness >= disturbedFrom;
      remember(disturbed, isDisturbed);
      count.rounds++;
      if (isDisturbed) count.disturbed++;
      return calmest.result;
    },
    notes: () => {
      const { rounds, again } = count;
      const left = `${count.disturbed} of the ${rounds} rounds that count had a core that something else slowed`;
      if (again === 0) return count.disturbed === 0 ? [] : [left];
      return [
        `something else slowed the core during ${again} of ${rounds + again} rounds, which were measured again`,
        ...(count.disturbed === 0 ? [] : [left]),
      ];
    },
  };
}

function bestOf(known: readonly CoreReadings[]): number | null {
  return known.length === 0 ? null : Math.min(...known.map(({ fastestNs }) => fastestNs));
}

/** The last ones only. */
function remember<T>(values: T[], value: T): void {
  values.push(value);
  if (values.length > recent) values.shift();
}
