import type { Tags } from '../model/interval.ts';
import type { BenchPlan } from '../model/plan.ts';
import type { Variant } from './measure-round.ts';

/** As the series of a bench are tagged: the concurrency only where there are several. */
export function variantTagsOf({ run }: BenchPlan, { subject, concurrency }: Variant): Tags {
  const several = run.concurrency.length > 1 ? { concurrency: String(concurrency) } : {};
  return { subject: subject.name, ...several };
}
