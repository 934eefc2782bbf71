import type { LoadPlan } from '../../model/plan.ts';
import type { Segment } from './order-segments.ts';

/** The plan of one segment: that of a load of one server. */
export function segmentPlan(plan: LoadPlan, { subject, seed }: Pick<Segment, 'subject' | 'seed'>): LoadPlan {
  const { subjects: _, rounds: _rounds, reference: _reference, server, ...rest } = plan;
  return {
    ...rest,
    target: subject.target,
    scenario: { ...plan.scenario, seed },
    ...(server !== undefined && { server: { ...server, process: subject.process ?? server.process } }),
  };
}
