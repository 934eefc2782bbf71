import type { FlowPlan, LoadPlan, PhasePlan } from '../../model/plan.ts';

/**
 * Whether the thread watches the clock while this phase runs, for itself or for a phase beside it: with precise pacing
 * it turns its event loop instead of sleeping, so that its CPU time does not say how busy it is.
 */
export function keepsAwake({ phases, flows, limits }: LoadPlan, phase: PhasePlan): boolean {
  if (limits.pacing !== 'precise') return false;
  const main = phase.with?.phase ?? phase.name;
  return phases
    .filter((one) => one.name === main || one.with?.phase === main)
    .some(
      (one) =>
        one.arrivals.model === 'open' ||
        one.pacingNs !== null ||
        flows.some((flow) => one.flows.includes(flow.name) && hasItsTimes(flow)),
    );
}

/** Users of the flow do things at times of their own. */
function hasItsTimes({ steps }: FlowPlan): boolean {
  return steps.some(
    ({ think, stream }) =>
      think !== null || (stream?.kind === 'socket' && stream.send !== null && stream.send.everyNs !== null),
  );
}
