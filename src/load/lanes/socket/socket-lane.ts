import { StreamLane } from '../stream-lane.ts';
import { DueClock } from '../../arrivals/due-clock.ts';
import { SocketUser } from './socket-user.ts';
import type { Lane } from '../lane.ts';
import type { StreamLaneOptions } from '../stream-lane.ts';
import type { ConversationContext } from './conversation.ts';
import type { SocketStep } from './socket-step.ts';

export interface SocketLaneOptions
  extends
    Omit<StreamLaneOptions<SocketStep>, 'createUser' | 'connected'>,
    Omit<ConversationContext, 'recorder'> {
  readonly pacing: 'precise' | 'eco';
}

/**
 * WebSockets, one a user. Operations are the messages, with and without a reply; for those who only listen, the time
 * that they do.
 */
export function socketLaneOf(options: SocketLaneOptions): Lane {
  const clock = new DueClock(options.loop, options.pacing);
  return new StreamLane<SocketStep>({
    ...options,
    createUser: (user, owner) => new SocketUser(user, { ...options, ...owner, clock }),
    connected: ({ recorder }, { index }, tookNs) => recorder.duration('ws_connect_time', index, tookNs),
    stop: () => {
      clock.stop();
      options.stop();
    },
  });
}
