import { nowNs } from '../measure/clock.ts';
import type { Clock } from '../measure/clock.ts';
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
/** Rounds among which the best is looked for: a frequency that drops for good is the usual one after these. */
const recent = 24;
/** One round waits no longer: to wait is cheaper than to start and warm up again, but not for ever. */
const patienceNs = 4e9;
/** What a run may wait at its start; later, as long as it has measured. */
const firstNs = 4e9;

/**
 * A round waits while something else slows the core, and one that was slowed all the same is measured once more, and the
 * calmer one is taken. What decides is the core probe, which runs the same arithmetic whatever the version: nothing of
 * what was measured is looked at, so neither side gains by it. A run takes at most twice as long by it.
 */
export function createCalmRounds(measure: MeasureRound, now: Clock = nowNs): CalmRounds {
  const known: CoreReadings[] = [];
  const count = { rounds: 0, again: 0, disturbed: 0 };
  let leftNs = firstNs;

  /** By how much the core was slower than at its best lately, as a share. */
  const slownessOf = ({ core }: RoundResult['evidence']): number => {
    if (core === null) return 0;
    known.push(core);
    if (known.length > recent) known.shift();
    return core.meanNs / Math.min(...known.map(({ meanNs }) => meanNs)) - 1;
  };

  const measureOnce = async (...[arm, task, signal]: Parameters<MeasureRound>) => {
    const knownNs = known.length === 0 ? null : Math.min(...known.map(({ fastestNs }) => fastestNs));
    const calmCore = { knownNs, patienceNs: Math.max(0, Math.min(leftNs, patienceNs)) };
    const extras = task.extras && { ...task.extras, calmCore };
    const startNs = now();
    const result = await measure(arm, { ...task, ...(extras && { extras }) }, signal);
    if (result === null) return null;
    const waitedNs = result.evidence.core?.waitedNs ?? 0;
    leftNs -= waitedNs;
    return { result, slowness: slownessOf(result.evidence), tookNs: now() - startNs - waitedNs };
  };

  return {
    measure: async (arm, task, signal) => {
      const first = await measureOnce(arm, task, signal);
      if (first === null) return null;
      let taken = first;
      if (first.slowness >= disturbedFrom && leftNs > first.tookNs) {
        const second = await measureOnce(arm, task, signal);
        if (second === null) return null;
        leftNs -= second.tookNs;
        count.again++;
        if (second.slowness < first.slowness) taken = second;
      }
      leftNs += first.tookNs;
      count.rounds++;
      if (taken.slowness >= disturbedFrom) count.disturbed++;
      return taken.result;
    },
    notes: () => {
      const { rounds, again, disturbed } = count;
      return [
        ...(again === 0
          ? []
          : [
              `something else slowed the core during ${again} of ${rounds} rounds, which were measured once more`,
            ]),
        ...(disturbed === 0
          ? []
          : [`${disturbed} of the ${rounds} rounds that count had a core that something else slowed`]),
      ];
    },
  };
}
