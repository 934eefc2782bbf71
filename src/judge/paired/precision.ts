import { normalQuantile } from '../../measure/statistics/normal.ts';
import { studentQuantile } from '../../measure/statistics/student-t.ts';

/** How sure the tests of a look have to be: the same for all series that are tested together. */
export interface Precision {
  /** One-sided probabilities at which it is told that there is a change at all, and that it is beyond the threshold. */
  readonly unchanged: number;
  readonly threshold: number;
  /** Student's quantile of `threshold`: half an interval in standard errors. */
  readonly halfInterval: number;
  /** In standard errors: how far a change has to lie from none, or from the threshold, to be found 4 times out of 5. */
  readonly reach: { readonly unchanged: number; readonly threshold: number; readonly lastThreshold: number };
}

/** `lastThreshold`: the probability `threshold` at the last look. */
export function precisionOf(
  pairs: number,
  errors: { readonly unchanged: number; readonly threshold: number; readonly lastThreshold: number },
): Precision {
  const degrees = Math.max(1, pairs - 1);
  const power = normalQuantile(0.8);
  const quantile = (error: number): number => -studentQuantile(error, degrees);
  const halfInterval = quantile(errors.threshold);
  return {
    unchanged: errors.unchanged,
    threshold: errors.threshold,
    halfInterval,
    reach: {
      unchanged: quantile(errors.unchanged) + power,
      threshold: halfInterval + power,
      lastThreshold: quantile(errors.lastThreshold) + power,
    },
  };
}
