import { DeadlineQueue } from '../connections/deadline-queue.ts';
import { eventsLaneOf } from './events/events-lane.ts';
import type { Step } from '../flows/flows.ts';
import type { EventsStep } from './events/events-user.ts';
import type { LaneContext } from './lane-context.ts';
import type { Lane } from './lane.ts';

/** A lane of server-sent events from the target. */
export function createEventsLane(context: LaneContext): Lane {
  const { plan, flows, loop, transport, createParser, traffic, ended, connected } = context;
  const connectDeadlines = new DeadlineQueue(loop, plan.limits.connectTimeoutNs);
  const eventDeadlines = new DeadlineQueue(loop, plan.limits.timeoutNs);
  const steps = new Map<Step, EventsStep>();
  return eventsLaneOf({
    loop,
    transport,
    createParser,
    traffic,
    connectDeadlines,
    eventDeadlines,
    ended,
    opened: (tookNs) => connected(tookNs, 0),
    stepOf: (flow) => {
      const step = flows.firsts[flow] ?? null;
      if (step?.stream?.kind !== 'events') throw new TypeError(`Expected flow ${flow} to be one of events`);
      const { index, label, request, accepts, stream } = step;
      const known = steps.get(step) ?? { index, label, request, accepts, plan: stream };
      steps.set(step, known);
      return known;
    },
    stop: () => {
      connectDeadlines.stop();
      eventDeadlines.stop();
    },
  });
}
