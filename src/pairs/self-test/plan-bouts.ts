import { injections } from './self-test-record.ts';

export interface SelfTestSize {
  /** A/A comparisons, over all scenarios. */
  readonly comparisons: number;
  /** So many of them share their controls: a bout. */
  readonly perBout: number;
  /** So many bouts, the first, come with one comparison of every injected slow-down. */
  readonly injected: number;
}

/** What is compared in each bout: shares of slow-down, a comparison each. */
export function planBouts({ comparisons, perBout, injected }: SelfTestSize): number[][] {
  const bouts: number[][] = [];
  for (let left = comparisons; left > 0; left -= perBout) {
    const unchanged = Array.from({ length: Math.min(left, perBout) }, () => 0);
    bouts.push(
      bouts.length < injected ? [...unchanged, ...injections.filter((share) => share > 0)] : unchanged,
    );
  }
  return bouts;
}

/** Those that are wanted and not done, each as often as it is missing. */
export function missingOf(wanted: readonly number[], done: readonly number[]): number[] {
  const left = [...done];
  return wanted.filter((share) => {
    const place = left.indexOf(share);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
}
