import { StreamLane } from '../stream-lane.ts';
import { EventsUser } from './events-user.ts';
import type { Lane } from '../lane.ts';
import type { StreamLaneOptions, StreamOwner } from '../stream-lane.ts';
import type { EventsStep, EventsUserContext } from './events-user.ts';

export interface EventsLaneOptions
  extends
    Omit<StreamLaneOptions<EventsStep>, 'createUser' | 'connected'>,
    Omit<EventsUserContext, keyof StreamOwner<EventsStep>> {
  /** A connection opened. */
  readonly opened: (tookNs: number) => void;
}

/** Server-sent events: each stream is an operation on a connection of its own. */
export function eventsLaneOf(options: EventsLaneOptions): Lane {
  return new StreamLane<EventsStep>({
    ...options,
    createUser: (user, owner) => new EventsUser(user, { ...options, ...owner }),
    connected: (_phase, _step, tookNs) => options.opened(tookNs),
  });
}
