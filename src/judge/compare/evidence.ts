import type { ChangeMethod } from '../../model/comparison.ts';

/**
 * What two sets of replicates say of the change between them, on the scale that it is tested on: the difference of
 * logarithms for a ratio, else the difference.
 */
export interface Evidence {
  readonly method: ChangeMethod;
  readonly estimate: number;
  /** Null where there are too few replicates for the confidence. */
  readonly interval: readonly [number, number] | null;
  readonly standardError: number;
  /** Probability of such evidence if the change were `of` or less: small when it is above. */
  readonly above: (of: number) => number;
  /** Likewise if it were `of` or more: small when it is below. */
  readonly below: (of: number) => number;
}
