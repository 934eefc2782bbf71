import type { BenchPlan } from '../../model/plan.ts';
import type { Profile } from '../../plan/resolve/profiles.ts';
import { shortenPlan } from '../shorten-plan.ts';
import type { PairTimes } from '../shorten-plan.ts';

const times = {
  quick: { warmupNs: 200e6, forNs: 150e6 },
  standard: { warmupNs: 300e6, forNs: 300e6 },
  full: { warmupNs: 500e6, forNs: 500e6 },
} as const satisfies Record<Profile, { warmupNs: number; forNs: number }>;

/** What a self-test measures of a scenario: its first subject at its first concurrency, and that shortly. */
export function selfTestPlan(plan: BenchPlan, { profile, warmupNs, forNs }: PairTimes): BenchPlan {
  const narrow: BenchPlan = {
    ...plan,
    subjects: plan.subjects.slice(0, 1),
    run: { ...plan.run, concurrency: plan.run.concurrency.slice(0, 1) },
  };
  const usual = times[profile];
  return shortenPlan(narrow, {
    profile,
    warmupNs: warmupNs ?? usual.warmupNs,
    forNs: forNs ?? usual.forNs,
  });
}
