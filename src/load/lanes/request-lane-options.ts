import type { Channel, ChannelOwner } from '../connections/channel.ts';
import type { LaneContext } from './lane-context.ts';

export interface RequestLaneOptions extends Pick<LaneContext, 'plan' | 'flows' | 'loop' | 'ended'> {
  readonly createChannel: (id: number, owner: ChannelOwner) => Channel;
  /** Connections that are open now; null where each channel is one. */
  readonly openConnections: (() => number) | null;
  /** No reply and no connection is outstanding. */
  readonly quiet: () => boolean;
  /** The lane has closed. */
  readonly stop: () => void;
}
