import { createChannels } from '../connections/create-channels.ts';
import { DeadlineQueue } from '../connections/deadline-queue.ts';
import type { Channel, ChannelOwner } from '../connections/channel.ts';
import type { LaneContext } from './lane-context.ts';

/** What a lane of requests is given: the run's, and channels to the target. */
export interface ChannelLaneOptions extends Pick<LaneContext, 'plan' | 'flows' | 'loop' | 'ended'> {
  readonly createChannel: (id: number, owner: ChannelOwner) => Channel;
  /** Connections that are open now; null where each channel is one. */
  readonly openConnections: (() => number) | null;
  /** No reply and no connection is outstanding. */
  readonly quiet: () => boolean;
  /** The lane has closed. */
  readonly stop: () => void;
}

/** The channels of one lane, with deadlines of their own. */
export function channelLaneOptions(context: LaneContext): ChannelLaneOptions {
  const { plan, flows, loop, ended } = context;
  const connectDeadlines = new DeadlineQueue(loop, plan.limits.connectTimeoutNs);
  const replyDeadlines = new DeadlineQueue(loop, plan.limits.timeoutNs);
  const { transport, createParser, traffic, connected } = context;
  const { create, openConnections } = createChannels({
    plan,
    createParser,
    loop,
    transport,
    connectDeadlines,
    replyDeadlines,
    traffic,
    connected,
  });
  return {
    plan,
    flows,
    loop,
    ended,
    createChannel: create,
    openConnections,
    quiet: () => replyDeadlines.empty && connectDeadlines.empty,
    stop: () => {
      connectDeadlines.stop();
      replyDeadlines.stop();
    },
  };
}
