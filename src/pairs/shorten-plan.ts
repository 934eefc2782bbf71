import type { BenchPlan } from '../model/plan.ts';
import { hashPlan } from '../plan/resolve/hash-plan.ts';
import type { Profile } from '../plan/resolve/profiles.ts';

export interface PairTimes {
  readonly profile: Profile;
  /** In place of the scenario's; in ns. */
  readonly warmupNs?: number | undefined;
  readonly forNs?: number | undefined;
}

/** Shares of the scenario's times: many short processes tell more than few long ones. */
const shares = { quick: 0.1, standard: 0.25, full: 1 } as const satisfies Record<Profile, number>;
/** Before that a fresh process still runs code that is not compiled: what is measured there is not what stays. */
const shortestNs = 150e6;

/** A scenario's plan as one process of a pair carries it out: one round, in a process of its own, and short. */
export function shortenPlan(plan: BenchPlan, { profile, warmupNs, forNs }: PairTimes): BenchPlan {
  const { run, scenario } = plan;
  const share = shares[profile];
  const shortened: BenchPlan = {
    ...plan,
    run: {
      ...run,
      warmupNs: warmupNs ?? Math.min(run.warmupNs, Math.max(run.warmupNs * share, shortestNs)),
      forNs: forNs ?? Math.min(run.forNs, Math.max(run.forNs * share, shortestNs)),
      rounds: 1,
      isolate: 'process',
    },
  };
  return { ...shortened, scenario: { ...scenario, hash: hashPlan(shortened) } };
}
