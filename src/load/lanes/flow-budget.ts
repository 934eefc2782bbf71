import type { Flows } from '../flows/flows.ts';
import type { LanePhase } from './lane.ts';

/** The phase has neither had all its requests nor all its flows. */
export function hasFlowsLeft({ recorder, maxRequests, maxFlows }: LanePhase): boolean {
  // hot path
  return recorder.totals.arrivals < maxRequests && recorder.flows.started < maxFlows;
}

/** The flow has no data left, which ends the phase: `ended` is told. */
export function isSpent(
  flows: Flows,
  flow: number,
  { recorder, index }: LanePhase,
  ended: (phase: number) => void,
): boolean {
  // hot path
  if (!flows.spent(flow)) return false;
  recorder.flows.spent = true;
  ended(index);
  return true;
}

/** A flow starts, and its first step is due. */
export function countFlow({ recorder }: LanePhase, step: number): void {
  // hot path
  recorder.flows.started++;
  recorder.arrived(step);
}
