import { DeadlineQueue } from '../connections/deadline-queue.ts';
import { socketLaneOf } from './socket/socket-lane.ts';
import { createMessageWriter } from './socket/message-writer.ts';
import { createWebSocketTransport } from './socket/web-socket-transport.ts';
import type { Step } from '../flows/flows.ts';
import type { LaneContext } from './lane-context.ts';
import type { Lane } from './lane.ts';
import type { SocketStep } from './socket/socket-step.ts';

/** Headers of a request that the upgrade has of its own (RFC 6455, section 4.1). */
const ofTheUpgrade = new Set(['host', 'connection', 'upgrade', 'content-length', 'accept']);

/** A lane of WebSockets to the target. */
export function createSocketLane(context: LaneContext): Lane {
  const { plan, flows, loop, traffic, ended, wallMs } = context;
  const steps = new Map<Step, SocketStep>();
  const prepare = (step: Step): SocketStep => {
    const { stream, message } = step;
    if (stream?.kind !== 'socket' || message === null)
      throw new TypeError(`Expected a step of sockets, got ${step.label}`);
    const timeoutNs = stream.match?.timeoutNs ?? null;
    return {
      index: step.index,
      label: step.label,
      plan: stream,
      transport: createWebSocketTransport({
        url: new URL(message.path, plan.target.origin),
        endpoint: context.endpoint,
        headers: Object.fromEntries(
          message.headers.filter(([name]) => !ofTheUpgrade.has(name.toLowerCase())),
        ),
        plan: stream,
        connectTimeoutNs: plan.limits.connectTimeoutNs,
      }),
      write: stream.send === null ? null : createMessageWriter(stream.send, context.env),
      replyDeadlines: timeoutNs === null ? null : new DeadlineQueue(loop, timeoutNs),
    };
  };
  return socketLaneOf({
    loop,
    wallMs,
    traffic,
    ended,
    pacing: plan.limits.pacing,
    maxWaiting: plan.limits.maxWaiting,
    stepOf: (flow) => {
      const step = flows.firsts[flow] ?? null;
      if (step === null) throw new TypeError(`Expected flow ${flow} to have a step`);
      let known = steps.get(step);
      if (known === undefined) {
        known = prepare(step);
        steps.set(step, known);
      }
      return known;
    },
    stop: () => {
      for (const { replyDeadlines } of steps.values()) replyDeadlines?.stop();
    },
  });
}
