import { interleave } from '../../measure/interleave.ts';
import type { Random } from '../../measure/random.ts';
import type { LoadSubjectPlan } from '../../model/plan.ts';

/** One run of all phases against one subject. */
export interface Segment {
  readonly subject: LoadSubjectPlan;
  /** From 1. */
  readonly round: number;
  /** Equal for all subjects of a round: they get the same requests at the same times. */
  readonly seed: number;
}

/** Every subject once a round, in an order that changes. */
export function orderSegments(
  subjects: readonly LoadSubjectPlan[],
  rounds: number,
  seed: number,
  random: Random,
): Segment[] {
  const seeds = random.fork('seeds');
  return interleave(subjects, rounds, random).flatMap((ordered, index) => {
    const ownSeed = index === 0 ? seed : seeds.int(2 ** 32);
    return ordered.map((subject) => ({ subject, round: index + 1, seed: ownSeed }));
  });
}
