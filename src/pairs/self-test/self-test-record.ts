import type { PairedOutcome } from '../../model/paired.ts';

/** How one comparison of the self-test ended: a line of its log. */
export interface SelfTestRecord {
  readonly scenario: string;
  /** Comparisons of one bout share their controls. */
  readonly bout: number;
  /** By how much one side was made slower, as a share; 0: nothing was. */
  readonly injected: number;
  readonly outcome: PairedOutcome;
  readonly pairs: number;
  /** What the throughput (else a median) says, as a share; null where there is no such series. */
  readonly seen: number | null;
  /** Smallest slow-down that any series that decides would have found four times out of five. */
  readonly detectable: number | null;
  /** Largest spread over the pairs among the medians and throughputs that decide, as a share. */
  readonly spread: number | null;
  /** Why, shortened. */
  readonly reasons: readonly string[];
}

/** Shares that a side is made slower by. */
export const injections = [0, 0.05, 0.1] as const;
