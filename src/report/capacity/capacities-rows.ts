import { plain } from '../text.ts';
import { capacityText } from './capacity-rows.ts';
import type { CapacitiesResult, SubjectCapacity } from '../../model/capacities.ts';

/** The capacity of a subject beside that of the reference. */
export interface CapacitiesRow {
  readonly name: string;
  readonly outcome: string;
  readonly capacity: string;
  /** `x 2.1`, `more than x 2`; empty for the reference, and where one of the two is not known. */
  readonly ratio: string;
  /** `2.0 to 2.2`: what the precision of both searches leaves open. */
  readonly interval: string;
}

export const capacitiesColumns = ['outcome', 'capacity', 'ratio', 'within'] as const;

export function capacitiesRows({ subjects, reference }: CapacitiesResult): CapacitiesRow[] {
  const base = subjects.find(({ name }) => name === reference);
  return subjects.map((subject) => ({
    name: `${plain(subject.name)}${subject === base ? ' (reference)' : ''}`,
    outcome: subject.result.outcome,
    capacity: capacityText(subject.result),
    ...ratioOf(subject, base),
  }));
}

function ratioOf(
  { name, result }: SubjectCapacity,
  base: SubjectCapacity | undefined,
): Pick<CapacitiesRow, 'ratio' | 'interval'> {
  const limit = base?.result;
  const known = [result, limit].every((one) => one?.outcome === 'found' && (one.capacityPerSecond ?? 0) > 0);
  if (limit === undefined || base?.name === name || !known || limit.atMaximum)
    return { ratio: '', interval: '' };
  const ratio = (result.capacityPerSecond ?? 0) / (limit.capacityPerSecond ?? 1);
  // each holds at its capacity, and was seen to fail at most so much above it
  const low = ratio / (1 + limit.search.precision);
  const high = ratio * (1 + result.search.precision);
  if (result.atMaximum) return { ratio: `at least x ${digits(low)}`, interval: `from ${digits(low)} on` };
  return { ratio: `x ${digits(ratio)}`, interval: `${digits(low)} to ${digits(high)}` };
}

function digits(ratio: number): string {
  return String(Number(ratio.toPrecision(3)));
}
