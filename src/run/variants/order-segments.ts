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

/**
 * Every subject once a round, so that a drift of the machine meets all alike. Each round starts at another place of the
 * list and goes through it backwards or forwards, as the random source says: nobody is always first.
 */
export function orderSegments(
  subjects: readonly LoadSubjectPlan[],
  rounds: number,
  seed: number,
  random: Random,
): Segment[] {
  if (subjects.length === 0) return [];
  const offset = random.int(subjects.length);
  return Array.from({ length: rounds }, (_, index) => {
    const start = (offset + index) % subjects.length;
    const rotated = [...subjects.slice(start), ...subjects.slice(0, start)];
    const ordered = random.int(2) === 0 ? rotated : rotated.toReversed();
    const ownSeed = index === 0 ? seed : random.int(2 ** 32);
    return ordered.map((subject) => ({ subject, round: index + 1, seed: ownSeed }));
  }).flat();
}
