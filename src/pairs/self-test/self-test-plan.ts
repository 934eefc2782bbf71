import type { BenchPlan } from '../../model/plan.ts';
import { shortenPlan } from '../shorten-plan.ts';
import type { PairTimes } from '../shorten-plan.ts';

/** What a self-test measures of a scenario: its first subject at its first concurrency, as long as a comparison would. */
export function selfTestPlan(plan: BenchPlan, times: PairTimes): BenchPlan {
  const { subjects, run } = plan;
  return shortenPlan(
    { ...plan, subjects: subjects.slice(0, 1), run: { ...run, concurrency: run.concurrency.slice(0, 1) } },
    times,
  );
}
