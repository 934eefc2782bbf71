import { studentCdf, studentQuantile } from './student-t.ts';

/** What paired differences say of their centre. */
export interface Centre {
  readonly estimate: () => number;
  /** Two-sided interval with at least the confidence asked for; null where there are too few pairs for it. */
  readonly interval: (confidence: number) => readonly [number, number] | null;
  /** Probability of such differences if their centre were `of` or less: small when it is above. */
  readonly above: (of: number) => number;
  /** Likewise if it were `of` or more: small when it is below. */
  readonly below: (of: number) => number;
}

/** Student's t of paired differences, for their mean (Biometrika 6, 1908). Throws RangeError with fewer than two. */
export function pairedT(differences: readonly number[]): Centre {
  const n = differences.length;
  if (n < 2) throw new RangeError(`Expected \`differences\` to be 2 or more, got ${n}`);
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const standardError = deviationOf(differences) / Math.sqrt(n);
  const t = (of: number): number => (mean === of ? 0 : (mean - of) / standardError);
  return {
    estimate: () => mean,
    interval: (confidence) => {
      const reach = -studentQuantile((1 - confidence) / 2, n - 1) * standardError;
      return [mean - reach, mean + reach];
    },
    above: (of) => studentCdf(-t(of), n - 1),
    below: (of) => studentCdf(t(of), n - 1),
  };
}

/** Standard deviation of a sample of two or more, from its mean. */
export function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
