import { holm } from '../../measure/statistics/holm.ts';
import { normalQuantile } from '../../measure/statistics/normal.ts';
import { detectableChange } from './change-scale.ts';
import type { Change, SeriesComparison, SeriesVerdict } from '../../model/comparison.ts';
import type { ChangeScale } from './change-scale.ts';
import type { Draft } from './draft-series.ts';
import type { Evidence } from './evidence.ts';

/** Verdicts on all rows of a comparison; those that decide share one chance of a false alarm, the others another. */
export function decideSeries(drafts: readonly Draft[], confidence: number): SeriesComparison[] {
  const alpha = (1 - confidence) / 2;
  const decided = new Map<Draft, SeriesComparison>();
  for (const gated of [true, false]) {
    const family = drafts.filter((draft) => draft.row.gated === gated);
    for (const [draft, row] of decideFamily(family, alpha)) decided.set(draft, row);
  }
  return drafts.flatMap((draft) => decided.get(draft) ?? []);
}

interface Test {
  readonly evidence: Evidence;
  readonly scale: ChangeScale;
  /** Probabilities of the evidence if the change were at the threshold. */
  readonly worse: number;
  readonly notWorse: number;
  readonly better: number;
  readonly notBetter: number;
}

function decideFamily(family: readonly Draft[], alpha: number): [Draft, SeriesComparison][] {
  const tests = family.filter((draft) => draft.settled === null).length;
  const neededP = alpha / Math.max(1, tests);
  const tested = family.map((draft) => testOf(draft, neededP));
  const judged = family.map((draft, index) => (draft.settled === null ? (tested[index] ?? null) : null));
  const worse = holm(judged.flatMap((test) => (test === null ? [] : [test.worse])));
  const better = holm(judged.flatMap((test) => (test === null ? [] : [test.better])));
  let next = 0;
  return family.map((draft, index) => {
    const test = tested[index] ?? null;
    const place = draft.settled === null && test !== null ? next++ : -1;
    const pWorse = worse[place] ?? null;
    const change = changeOf(draft, test, { alpha, tests, p: pWorse });
    const told =
      draft.settled ??
      (test === null || pWorse === null
        ? { verdict: 'cannot tell' as const, reason: 'a part of the run has no samples' }
        : verdictOf(draft, test, { alpha, tests, worse: pWorse, better: better[place] ?? 1 }));
    const notWorse =
      told.verdict === 'better' ||
      told.verdict === 'same' ||
      (test !== null && place >= 0 && isNotWorse(draft, test, alpha));
    return [draft, { ...draft.row, change, ...told, notWorse }];
  });
}

function testOf(draft: Draft, neededP: number): Test | null {
  const { scale } = draft;
  const evidence = scale === null ? null : draft.evidence(neededP);
  if (evidence === null || scale === null) return null;
  const { limit } = scale;
  const up = { beyond: evidence.above(limit), within: evidence.below(limit) };
  const down = { beyond: evidence.below(-limit), within: evidence.above(-limit) };
  const [bad, good] = draft.row.better === 'higher' ? [down, up] : [up, down];
  return {
    evidence,
    scale,
    worse: bad.beyond,
    notWorse: bad.within,
    better: good.beyond,
    notBetter: good.within,
  };
}

function verdictOf(
  draft: Draft,
  test: Test,
  { alpha, tests, worse, better }: { alpha: number; tests: number; worse: number; better: number },
): { readonly verdict: SeriesVerdict; readonly reason: string | null } {
  const bounded = draft.row.head?.bounded === true;
  if (worse <= alpha) return { verdict: 'worse', reason: null };
  if (bounded)
    return { verdict: 'cannot tell', reason: "the head's value falls among operations that never completed" };
  if (isUnchanged(test)) return { verdict: 'same', reason: null };
  if (better <= alpha) return { verdict: 'better', reason: null };
  if (test.notWorse <= alpha && test.notBetter <= alpha) return { verdict: 'same', reason: null };
  const more = moreNeeded(draft, test, alpha, tests);
  return {
    verdict: 'cannot tell',
    reason: [test.notWorse <= alpha ? 'not worse' : '', more].filter((part) => part !== '').join('; '),
  };
}

/** Every replicate of both sides gave the same value. */
function isUnchanged({ evidence }: Test): boolean {
  return evidence.estimate === 0 && evidence.standardError === 0;
}

function isNotWorse(draft: Draft, test: Test, alpha: number): boolean {
  return draft.row.head?.bounded !== true && (isUnchanged(test) || test.notWorse <= alpha);
}

/** How many more replicates would tell, if what was seen is the truth. */
function moreNeeded(draft: Draft, { evidence, scale }: Test, alpha: number, tests: number): string {
  const n = Math.min(draft.row.base?.replicates ?? 0, draft.row.head?.replicates ?? 0);
  const distance = Math.abs(Math.abs(evidence.estimate) - scale.limit);
  const reach = normalQuantile(1 - alpha / Math.max(1, tests)) + normalQuantile(0.8);
  const wanted = Math.ceil(n * ((reach * evidence.standardError) / distance) ** 2);
  const name = evidence.method === 'blocks' ? 'slices of time' : 'rounds';
  if (!Number.isFinite(wanted) || wanted > 100 * n) return 'too noisy, or too near the threshold';
  return `some ${Math.max(2, wanted - n)} more ${name} on either side would tell`;
}

function changeOf(
  draft: Draft,
  test: Test | null,
  { alpha, tests, p }: { alpha: number; tests: number; p: number | null },
): Change | null {
  const { base, head } = draft.row;
  const { scale } = draft;
  if (base === null || head === null || scale === null) return null;
  const ranks = test === null ? draft.rankInterval() : null;
  const interval = test === null ? ranks : test.evidence.interval;
  const tell = (value: number | undefined): number | null => {
    const told = value === undefined ? NaN : scale.tell(value);
    return Number.isFinite(told) ? told : null;
  };
  const worst = test === null ? undefined : detectableChange(test.evidence, scale.limit, alpha, tests);
  return {
    scale: scale.scale,
    estimate: tell(test === null ? scale.between(base.value, head.value) : test.evidence.estimate) ?? 0,
    low: tell(interval?.[0]),
    high: tell(interval?.[1]),
    threshold: tell(scale.limit) ?? 0,
    detectable: tell(worst),
    p,
    method: test?.evidence.method ?? (ranks === null ? 'none' : 'ranks'),
  };
}
