import { studentCdf } from './student-t.ts';
import { welchDifference } from './welch.ts';

export interface ChangePoint {
  /** First value after the change. */
  readonly index: number;
  readonly meanBefore: number;
  readonly meanAfter: number;
  /** Two-sided probability that the two segments beside it are of one level, by their t tests. */
  readonly p: number;
}

export interface ChangePointOptions {
  /** Values that a segment has at least: a single spike is no change. */
  readonly minSegment: number;
  /** A change with a larger probability is dropped. */
  readonly maxP: number;
  /** A change by a smaller share of the mean before is dropped. */
  readonly minChange: number;
}

const defaults: ChangePointOptions = { minSegment: 3, maxP: 0.001, minChange: 0 };

/**
 * Where the level of a series in time changes: divides where the energy distance between the sides is largest
 * (E-divisive with alpha 1; Matteson and James, JASA 109, 2014), goes on within both sides while a t test finds
 * them different at ten times `maxP`, then merges the weakest away until every one is at most `maxP` and changes enough
 * (the two passes of Fleming et al., "Hunter", ICPE 2023, as in Apache Otava). A change is told when `minSegment`
 * values after it are there. Quadratic in the number of values, of which the last 2,000 are looked at.
 */
export function findChangePoints(
  values: readonly number[],
  options: Partial<ChangePointOptions> = {},
): ChangePoint[] {
  const { minSegment, maxP, minChange } = { ...defaults, ...options };
  if (!Number.isInteger(minSegment) || minSegment < 2)
    throw new RangeError(`Expected \`minSegment\` to be an integer of 2 or more, got \`${minSegment}\``);
  const skipped = Math.max(0, values.length - 2000);
  const recent = values.slice(skipped);
  const splits = divide(recent, 0, recent.length, minSegment, Math.min(1, maxP * 10));
  for (;;) {
    const points = splits.map((_, place) => pointAt(recent, splits, place));
    const failing = points
      .map((point, place) => ({ ...point, place }))
      .filter((point) => point.p > maxP || changeOf(point) < minChange)
      .toSorted((a, b) => b.p - a.p || changeOf(a) - changeOf(b))[0];
    if (failing === undefined) return points.map((point) => ({ ...point, index: point.index + skipped }));
    splits.splice(failing.place, 1);
  }
}

function changeOf({ meanBefore, meanAfter }: ChangePoint): number {
  return meanBefore === 0 ? Infinity : Math.abs(meanAfter / meanBefore - 1);
}

/** The splits within values[start..end), in order. */
function divide(
  values: readonly number[],
  start: number,
  end: number,
  minSegment: number,
  maxP: number,
): number[] {
  if (end - start < 2 * minSegment) return [];
  const split = start + bestSplit(values.slice(start, end), minSegment);
  if (tTest(values.slice(start, split), values.slice(split, end)).p > maxP) return [];
  return [
    ...divide(values, start, split, minSegment, maxP),
    split,
    ...divide(values, split, end, minSegment, maxP),
  ];
}

/**
 * The split with the largest scaled energy distance mn/(m+n) (2 E|X-Y| - E|X-X'| - E|Y-Y'|). A value that changes sides
 * changes the three sums of distances by its own row, so all splits take n^2 steps.
 */
function bestSplit(values: readonly number[], minSegment: number): number {
  const n = values.length;
  let within = 0;
  let across = 0;
  let right = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) right += distance(values, i, j);
  let best = minSegment;
  let largest = -Infinity;
  for (let m = 1; m < n; m++) {
    let toLeft = 0;
    let toRight = 0;
    for (let other = 0; other < m - 1; other++) toLeft += distance(values, m - 1, other);
    for (let other = m; other < n; other++) toRight += distance(values, m - 1, other);
    within += toLeft;
    across += toRight - toLeft;
    right -= toRight;
    if (m < minSegment || n - m < minSegment) continue;
    const k = n - m;
    const pairs = (count: number): number => Math.max(1, (count * (count - 1)) / 2);
    const energy = ((2 * across) / (m * k) - within / pairs(m) - right / pairs(k)) * ((m * k) / n);
    if (energy > largest) {
      largest = energy;
      best = m;
    }
  }
  return best;
}

function distance(values: readonly number[], i: number, j: number): number {
  return Math.abs((values[i] ?? 0) - (values[j] ?? 0));
}

function pointAt(values: readonly number[], splits: readonly number[], place: number): ChangePoint {
  const index = splits[place] ?? 0;
  const before = values.slice(splits[place - 1] ?? 0, index);
  const after = values.slice(index, splits[place + 1] ?? values.length);
  return { index, ...tTest(before, after) };
}

/**
 * The larger of Student's and Welch's probabilities: the one keeps a few values that happen to be close together from
 * being a level, the other a segment that is one spike among others.
 */
function tTest(before: readonly number[], after: readonly number[]): Omit<ChangePoint, 'index'> {
  const meanBefore = meanOf(before);
  const meanAfter = meanOf(after);
  const gap = Math.abs(meanAfter - meanBefore);
  const degrees = before.length + after.length - 2;
  const squares = squaresOf(before, meanBefore) + squaresOf(after, meanAfter);
  const error = Math.sqrt((squares / degrees) * (1 / before.length + 1 / after.length));
  const student = gap === 0 ? 1 : 2 * studentCdf(-gap / error, degrees);
  const welch = welchDifference(before, after);
  const twoSided = welch === null ? 1 : Math.min(1, 2 * Math.min(welch.above(0), welch.below(0)));
  return { meanBefore, meanAfter, p: Math.max(student, twoSided) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squaresOf(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
