import { protocolOf } from '../protocols/index.ts';
import { place } from './channel.ts';
import { Connection } from './connection.ts';
import { PerRequestConnection } from './per-request-connection.ts';
import { SharedConnection } from './shared-connection.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { ReplyParser } from '../protocols/protocol.ts';
import type { Channel, ChannelOwner } from './channel.ts';
import type { ConnectionContext } from './connection-context.ts';

export interface ChannelsOptions extends Omit<ConnectionContext, 'owner'> {
  readonly plan: Pick<LoadPlan, 'target' | 'limits'>;
  readonly createParser: () => ReplyParser;
}

export interface Channels {
  readonly create: (id: number, owner: ChannelOwner) => Channel;
  /** Connections that are open now, where channels share them; null where each channel is one. */
  readonly openConnections: (() => number) | null;
}

/** The channels that the target calls for: a connection each, a new one for each request, or places on shared ones. */
export function createChannels({ plan, createParser, ...context }: ChannelsOptions): Channels {
  const { target, limits } = plan;
  const { perConnection = 1, newConnections = false, protocol = 'http1' } = target;
  if (newConnections) {
    const channels: Channel[] = [];
    return {
      create: (id, owner) => {
        const channel = new PerRequestConnection(id, createParser(), { ...context, owner });
        channels.push(channel);
        return channel;
      },
      openConnections: () => channels.filter((channel) => channel.place === place.busy).length,
    };
  }
  if (perConnection === 1 && protocol === 'http1') {
    const create = (id: number, owner: ChannelOwner): Channel =>
      new Connection(id, createParser(), { ...context, owner });
    return { create, openConnections: null };
  }
  const createFraming = protocolOf(target).framings(limits, perConnection, context.loop.now);
  const connections: SharedConnection[] = [];
  return {
    // channels in a row share a connection, so that fewer of them need fewer connections
    create: (id, owner) => {
      const index = Math.floor(id / perConnection);
      connections[index] ??= new SharedConnection({ ...context, owner }, createFraming);
      return connections[index].createSlot(id);
    },
    openConnections: () => connections.filter(({ isOpen }) => isOpen).length,
  };
}
