import { PerfkitError } from '../../model/errors.ts';
import { createEventsLane } from './create-events-lane.ts';
import { createSocketLane } from './create-socket-lane.ts';
import { channelLaneOptions } from './channel-lane.ts';
import { FunctionLane } from './function/function-lane.ts';
import { RequestLane } from './request-lane.ts';
import type { FlowKind } from '../../model/plan.ts';
import type { LaneFactory } from './lane-context.ts';

/** How flows of each kind are carried out. */
const lanes: Partial<Record<FlowKind, LaneFactory>> = {
  requests: (context) => new RequestLane(channelLaneOptions(context)),
  socket: createSocketLane,
  events: createEventsLane,
  function: (context) => new FunctionLane(channelLaneOptions(context)),
};

/** Throws PerfkitError for a kind that has no lane. */
export function laneOf(kind: FlowKind): LaneFactory {
  const found = lanes[kind];
  if (found !== undefined) return found;
  throw new PerfkitError(
    'scenario',
    `flows of kind ${kind} cannot be run: expected one of ${Object.keys(lanes).join(', ')}`,
  );
}
