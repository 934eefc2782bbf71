import type { Random } from '../../measure/random.ts';
import type { BenchPlan } from '../../model/plan.ts';
import type { RoundTask } from './round-result.ts';

/**
 * Every subject at every concurrency once a round, round after round, so that a drift of the machine meets all alike.
 * Each round starts at another place of the list, and goes through it backwards or forwards, as the seed says: nobody
 * is always first, nor always behind the same neighbour.
 */
export function orderRounds(plan: Pick<BenchPlan, 'subjects' | 'run'>, random: Random): RoundTask[] {
  const { rounds, concurrency } = plan.run;
  const variants = plan.subjects.flatMap((subject) =>
    concurrency.map((each) => ({ subject, concurrency: each })),
  );
  if (variants.length === 0) return [];
  const offset = random.int(variants.length);
  return Array.from({ length: rounds }, (_, round) => {
    const start = (offset + round) % variants.length;
    const rotated = [...variants.slice(start), ...variants.slice(0, start)];
    const ordered = random.int(2) === 0 ? rotated : rotated.toReversed();
    return ordered.map((variant) => ({ ...variant, round: round + 1 }));
  }).flat();
}
