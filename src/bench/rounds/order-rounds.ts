import { interleave } from '../../measure/interleave.ts';
import type { Random } from '../../measure/random.ts';
import type { BenchPlan } from '../../model/plan.ts';
import type { RoundTask } from './round-result.ts';

/** Every subject at every concurrency once a round, round after round, in an order that changes. */
export function orderRounds(
  { subjects, run }: Pick<BenchPlan, 'subjects' | 'run'>,
  random: Random,
): RoundTask[] {
  const variants = subjects.flatMap((subject) =>
    run.concurrency.map((concurrency) => ({ subject, concurrency })),
  );
  return interleave(variants, run.rounds, random).flatMap((ordered, index) =>
    ordered.map((variant) => ({ ...variant, round: index + 1 })),
  );
}
