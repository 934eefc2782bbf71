import { deviationOf, pairedT } from '../../measure/statistics/paired-t.ts';
import { signedRank, smallestSignedRankP } from '../../measure/statistics/signed-rank.ts';
import type { Centre } from '../../measure/statistics/paired-t.ts';
import type { PairedChange } from '../../model/paired.ts';
import type { Precision } from './precision.ts';

/** What the pairs of one series say, on the scale that is tested; a change for the worse is above 0. */
export interface SeriesEvidence {
  readonly pairs: number;
  readonly estimate: number;
  readonly interval: readonly [number, number] | null;
  readonly confidence: number;
  readonly spread: number;
  /** Of the estimate. */
  readonly standardError: number;
  /** Against no change at all. */
  readonly unchanged: Centre;
  /** Against the threshold. */
  readonly threshold: Centre;
  readonly method: PairedChange['method'];
}

/** Evidence of differences that are above 0 for the worse; null with fewer than two. */
export function seriesEvidence(worsening: readonly number[], precision: Precision): SeriesEvidence | null {
  const pairs = worsening.length;
  if (pairs < 2) return null;
  const ranks = signedRank(worsening);
  const centre = (needed: number): Centre => (ranksReach(pairs, needed) ? ranks : pairedT(worsening));
  const confidence = 1 - 2 * precision.threshold;
  const threshold = centre(precision.threshold);
  const unchanged = centre(precision.unchanged);
  const interval = threshold.interval(confidence);
  const spread = deviationOf(worsening);
  const halfInterval = interval === null ? null : (interval[1] - interval[0]) / 2;
  return {
    pairs,
    estimate: ranks.estimate(),
    interval,
    confidence,
    spread,
    // from the interval where there is one: a pair that is far off widens the spread more than the uncertainty
    standardError: halfInterval === null ? spread / Math.sqrt(pairs) : halfInterval / precision.halfInterval,
    unchanged,
    threshold,
    method: unchanged === ranks ? 'signed rank' : 'paired t',
  };
}

/**
 * The test of paired differences that can reach the probability that is needed; null with fewer than two. Few pairs
 * cannot reach a small one by their ranks (10: 1/1024), however far apart they are: then it is Student's t, which is
 * chosen before any value is looked at.
 */
export function centreOf(differences: readonly number[], needed: number): Centre | null {
  if (differences.length < 2) return null;
  return ranksReach(differences.length, needed) ? signedRank(differences) : pairedT(differences);
}

function ranksReach(pairs: number, needed: number): boolean {
  return smallestSignedRankP(pairs) <= needed;
}

/** Smallest change for the worse, on the scale that is tested, that so many pairs find four times out of five. */
export function detectableChange(
  { standardError }: SeriesEvidence,
  worseFrom: number,
  { reach }: Precision,
): number {
  return Math.max(worseFrom + reach.threshold * standardError, reach.unchanged * standardError);
}

const mostMorePairs = 1000;

/**
 * How many more pairs would tell on which side of the nearer threshold a change is, if it is what was seen; null where
 * it is too near to one, or too noisy.
 */
export function morePairsFor(
  { standardError, pairs, estimate }: SeriesEvidence,
  { limit, worseFrom }: { readonly limit: number; readonly worseFrom: number },
  { reach }: Precision,
): number | null {
  const bound = Math.abs(estimate) > limit ? worseFrom : limit;
  const distance = Math.abs(Math.abs(estimate) - bound);
  const more = Math.ceil(pairs * ((reach.lastThreshold * standardError) / distance) ** 2) - pairs;
  return Number.isFinite(more) && more <= mostMorePairs ? Math.max(1, more) : null;
}
