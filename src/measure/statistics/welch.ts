import { studentCdf, studentQuantile } from './student-t.ts';

/** Difference of two means without the assumption of one variance. */
export interface WelchDifference {
  /** mean(b) - mean(a). */
  readonly difference: number;
  readonly standardError: number;
  readonly degrees: number;
  /** Probability, if the true difference were `of`, of one as large as this or larger. */
  readonly above: (of: number) => number;
  /** Likewise of one as small or smaller. */
  readonly below: (of: number) => number;
  /** Two-sided interval that holds the difference with this confidence. */
  readonly interval: (confidence: number) => readonly [number, number];
}

/** Welch's t (Biometrika 34, 1947), for independent samples; null when one has fewer than two values. */
export function welchDifference(a: readonly number[], b: readonly number[]): WelchDifference | null {
  if (a.length < 2 || b.length < 2) return null;
  const [first, second] = [momentsOf(a), momentsOf(b)];
  const difference = second.mean - first.mean;
  const squared = first.share + second.share;
  const standardError = Math.sqrt(squared);
  // equal values on both sides: any number of degrees gives the same answer
  const degrees =
    squared === 0
      ? a.length + b.length - 2
      : squared ** 2 / (first.share ** 2 / (a.length - 1) + second.share ** 2 / (b.length - 1));
  const t = (of: number): number => (difference === of ? 0 : (difference - of) / standardError);
  return {
    difference,
    standardError,
    degrees,
    above: (of) => 1 - studentCdf(t(of), degrees),
    below: (of) => studentCdf(t(of), degrees),
    interval: (confidence) => {
      const reach = -studentQuantile((1 - confidence) / 2, degrees) * standardError;
      return [difference - reach, difference + reach];
    },
  };
}

/** `share` is what the sample adds to the squared standard error. */
function momentsOf(values: readonly number[]): { mean: number; share: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, share: squares / (values.length - 1) / values.length };
}
