import { binomialCdf } from '../../measure/statistics/beta.ts';

/**
 * Interval for a probability of which `hits` of `trials` were seen: Clopper and Pearson, "The use of confidence or
 * fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934. Never too narrow. [0, 1] without trials.
 */
export function binomialInterval(
  hits: number,
  trials: number,
  confidence = 0.95,
): readonly [low: number, high: number] {
  if (trials === 0) return [0, 1];
  const outside = (1 - confidence) / 2;
  const low = hits === 0 ? 0 : solve((p) => 1 - binomialCdf(hits - 1, trials, p) - outside);
  const high = hits === trials ? 1 : solve((p) => outside - binomialCdf(hits, trials, p));
  return [low, high];
}

/** Where a rising function passes 0 between 0 and 1. */
function solve(rising: (p: number) => number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
