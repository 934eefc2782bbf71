import type { LanePhase } from '../../../src/load/lanes/lane.ts';
import type { Recorder } from '../../../src/load/record/recorder.ts';

/** A closed phase of one user without bounds, whose only flow is the first. */
export function lanePhase(recorder: Recorder, changes: Partial<LanePhase> = {}): LanePhase {
  return {
    index: 0,
    model: 'closed',
    size: 1,
    maxRequests: Infinity,
    maxFlows: Infinity,
    maxFlowsPerUser: Infinity,
    pacingNs: 0,
    firstUser: 0,
    userStep: 1,
    choose: () => 0,
    recorder,
    ...changes,
  };
}
