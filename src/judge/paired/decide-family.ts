import { holm } from '../../measure/statistics/holm.ts';
import { precisionOf } from './precision.ts';
import { detectableChange, morePairsFor, seriesEvidence } from './series-evidence.ts';
import type { PairedChange, SeriesDecision } from '../../model/paired.ts';
import type { PairedDraft, PairedSample } from './draft-paired.ts';
import type { Precision } from './precision.ts';
import type { SeriesEvidence } from './series-evidence.ts';

export interface FamilyErrors {
  /** Chance of any false "worse" among all series of the family, at this look. */
  readonly falseAlarm: number;
  /** Chance for one series to be told to be on the wrong side of the threshold, at this look. */
  readonly wrongSide: number;
  /** The same at the last look. */
  readonly lastWrongSide: number;
}

interface Test {
  readonly evidence: SeriesEvidence;
  readonly sample: PairedSample;
}

type Told = Pick<SeriesDecision, 'verdict' | 'notWorse' | 'morePairs' | 'reason'>;

/**
 * Verdicts on series that share one chance of a false alarm. "worse" takes two things: that there is a change at all,
 * which the drawn order of the sides makes sure of whatever the noise, with Holm's correction over the series; and that
 * it is beyond the threshold, which each series has to show for itself. "better" is its mirror image.
 */
export function decideFamily(drafts: readonly PairedDraft[], errors: FamilyErrors): SeriesDecision[] {
  const open = drafts.filter(({ settled }) => settled === null).length;
  const pairs = Math.max(0, ...drafts.map(({ sample }) => sample?.worsening.length ?? 0));
  const precision = precisionOf(pairs, {
    unchanged: errors.falseAlarm / Math.max(1, open),
    threshold: errors.wrongSide,
    lastThreshold: errors.lastWrongSide,
  });
  const tests = drafts.map((draft) => testOf(draft, precision));
  const tested = drafts.map((draft, index) => (draft.settled === null ? (tests[index] ?? null) : null));
  const worse = corrected(tested, ({ unchanged }) => unchanged.above(0));
  const better = corrected(tested, ({ unchanged }) => unchanged.below(0));
  return drafts.map((draft, index) => {
    const test = tests[index] ?? null;
    const p = worse[index] ?? null;
    const told = draft.settled ?? null;
    return {
      ...draft.row,
      change: test === null ? null : changeOf(test, p, precision),
      ...(told !== null
        ? { ...told, notWorse: false, morePairs: null }
        : verdictOf(test, { worse: p ?? 1, better: better[index] ?? 1 }, errors, precision)),
    };
  });
}

function testOf({ sample }: PairedDraft, precision: Precision): Test | null {
  const evidence = sample === null ? null : seriesEvidence(sample.worsening, precision);
  return evidence === null || sample === null ? null : { evidence, sample };
}

/** Probabilities after Holm, in the places of their tests; null where there is none. */
function corrected(
  tests: readonly (Test | null)[],
  probability: (evidence: SeriesEvidence) => number,
): (number | null)[] {
  const adjusted = holm(tests.flatMap((test) => (test === null ? [] : [probability(test.evidence)])));
  let next = 0;
  return tests.map((test) => (test === null ? null : (adjusted[next++] ?? null)));
}

function verdictOf(
  test: Test | null,
  p: { readonly worse: number; readonly better: number },
  { falseAlarm, wrongSide }: FamilyErrors,
  precision: Precision,
): Told {
  if (test === null)
    return { verdict: 'cannot tell', notWorse: false, morePairs: null, reason: 'fewer than two pairs' };
  const { evidence, sample } = test;
  const { limit } = sample.scale;
  const shows = (probability: number): boolean => probability <= wrongSide;
  const plain = { morePairs: null, reason: null };
  if (p.worse <= falseAlarm && shows(evidence.threshold.above(sample.worseFrom)))
    return { verdict: 'worse', notWorse: false, ...plain };
  // not one value differs, as of an exact count
  if (sample.worsening.every((value) => value === 0)) return { verdict: 'same', notWorse: true, ...plain };
  const notWorse = shows(evidence.threshold.below(limit));
  if (p.better <= falseAlarm && shows(evidence.threshold.below(-sample.worseFrom)))
    return { verdict: 'better', notWorse: true, ...plain };
  if (notWorse && shows(evidence.threshold.above(-limit))) return { verdict: 'same', notWorse, ...plain };
  const bounds = { limit, worseFrom: sample.worseFrom };
  const morePairs = morePairsFor(evidence, bounds, precision);
  const more =
    morePairs === null ? 'too noisy, or too near the threshold' : `about ${morePairs} more pairs would tell`;
  return { verdict: 'cannot tell', notWorse, morePairs, reason: notWorse ? `not worse; ${more}` : more };
}

function changeOf({ evidence, sample }: Test, p: number | null, precision: Precision): PairedChange {
  const { scale, direction, worseFrom } = sample;
  const finite = (value: number): number => (Number.isFinite(value) ? value : Number.MAX_VALUE);
  const told = (worsening: number): number => finite(scale.tell(direction * worsening));
  const { interval } = evidence;
  const bounds = interval?.map(told).toSorted((a, b) => a - b);
  return {
    scale: scale.scale,
    estimate: told(evidence.estimate),
    interval: bounds?.[0] === undefined || bounds[1] === undefined ? null : [bounds[0], bounds[1]],
    confidence: evidence.confidence,
    threshold: finite(scale.tell(scale.limit)),
    worseFrom: finite(scale.tell(worseFrom)),
    spread: evidence.spread,
    controlSpread: sample.controlSpread,
    detectable: finite(scale.tell(detectableChange(evidence, worseFrom, precision))),
    p,
    method: evidence.method,
  };
}
