import { hodgesLehmann } from '../../measure/statistics/hodges-lehmann.ts';
import { mannWhitney, smallestRankSumP } from '../../measure/statistics/mann-whitney.ts';
import { welchDifference } from '../../measure/statistics/welch.ts';
import type { Evidence } from './evidence.ts';

/**
 * Evidence from independent rounds, one value each: Mann-Whitney with the shift of Hodges and Lehmann. A few rounds
 * cannot reach a small probability by their ranks (5 against 5: 1/252), however far apart they are; where `neededP` is
 * out of reach it is Welch's t instead, chosen before any value is looked at. Null with fewer than two rounds on a side.
 */
export function roundsEvidence(
  base: readonly number[],
  head: readonly number[],
  { confidence, neededP }: { readonly confidence: number; readonly neededP: number },
): Evidence | null {
  const welch = welchDifference(base, head);
  if (welch === null) return null;
  const { standardError, above, below } = welch;
  if (smallestRankSumP(base.length, head.length) > neededP) {
    const interval = welch.interval(confidence);
    return { method: 'welch', estimate: welch.difference, interval, standardError, above, below };
  }
  const { estimate, interval } = hodgesLehmann(base, head, confidence);
  const against = (of: number): number[] => base.map((value) => value + of);
  return {
    method: 'rank sum',
    estimate,
    interval,
    standardError,
    above: (of) => mannWhitney(against(of), head).above,
    below: (of) => mannWhitney(against(of), head).below,
  };
}
