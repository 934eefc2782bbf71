/**
 * How much of what a scenario asks for is done. `standard` is the scenario as written; a verdict of a `quick` run is
 * a first look, a `full` one halves the width of the intervals again.
 */
export const profiles = {
  quick: { bench: { warmup: 0.25, for: 0.25, rounds: 0.5 }, load: { for: 0.25 } },
  standard: { bench: { warmup: 1, for: 1, rounds: 1 }, load: { for: 1 } },
  full: { bench: { warmup: 1, for: 2, rounds: 2 }, load: { for: 3 } },
} as const satisfies Record<string, ProfileFactors>;

export type Profile = keyof typeof profiles;

interface ProfileFactors {
  /** Times the written warm-up and round durations and number of rounds (rounded up). */
  readonly bench: { readonly warmup: number; readonly for: number; readonly rounds: number };
  /** Times the written phase durations; rates and users stay. */
  readonly load: { readonly for: number };
}
