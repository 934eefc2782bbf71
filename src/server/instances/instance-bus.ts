import type { FromInstance, InstanceTopic, ToInstance } from './instance-messages.ts';

/** How instances that share their data tell one another what has changed. */
export interface InstanceBus {
  /** Resolves when all others have dealt with it, or are gone. Never rejects. */
  readonly tell: (topic: InstanceTopic, data: unknown) => Promise<void>;
  /** Deal with what others tell. */
  readonly on: (topic: InstanceTopic, handle: (data: unknown) => void | Promise<void>) => void;
}

/** An end of the bus, and what it is to be given of the messages that come. */
export interface BusEnd {
  readonly bus: InstanceBus;
  readonly receive: (message: Extract<ToInstance, { kind: 'hear' | 'told' }>) => Promise<void>;
}

/** Calls that wait for an answer; more are not made: what is told then reaches nobody. */
const mostCalls = 10_000;

export function createBusEnd(send: (message: FromInstance) => void): BusEnd {
  const handlers = new Map<InstanceTopic, (data: unknown) => void | Promise<void>>();
  const waiting = new Map<number, () => void>();
  let calls = 0;
  return {
    bus: {
      tell: (topic, data) =>
        new Promise((resolve) => {
          if (waiting.size >= mostCalls) {
            resolve();
            return;
          }
          const call = ++calls;
          waiting.set(call, resolve);
          send({ kind: 'tell', call, topic, data });
        }),
      on: (topic, handle) => void handlers.set(topic, handle),
    },
    async receive(message) {
      if (message.kind === 'told') {
        waiting.get(message.call)?.();
        waiting.delete(message.call);
        return;
      }
      try {
        await handlers.get(message.topic)?.(message.data);
      } finally {
        send({ kind: 'heard', call: message.call });
      }
    },
  };
}
