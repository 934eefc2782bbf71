import { createChannels } from '../connections/create-channels.ts';
import { DeadlineQueue } from '../connections/deadline-queue.ts';
import { RequestLane } from './request-lane.ts';
import type { LaneContext } from './lane-context.ts';
import type { Lane } from './lane.ts';

/** A lane of requests over connections of its own. */
export function createRequestLane(context: LaneContext): Lane {
  const { plan, loop, transport, traffic } = context;
  const connectDeadlines = new DeadlineQueue(loop, plan.limits.connectTimeoutNs);
  const replyDeadlines = new DeadlineQueue(loop, plan.limits.timeoutNs);
  const { create, openConnections } = createChannels({
    plan,
    createParser: context.createParser,
    loop,
    transport,
    connectDeadlines,
    replyDeadlines,
    traffic,
    connected: context.connected,
  });
  return new RequestLane({
    ...context,
    createChannel: create,
    openConnections,
    quiet: () => replyDeadlines.empty && connectDeadlines.empty,
    stop: () => {
      connectDeadlines.stop();
      replyDeadlines.stop();
    },
  });
}
