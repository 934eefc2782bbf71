import type { TimerHandle, Timers } from '../../components/internal/timers.ts';
import type { FromInstance, ToInstance } from './instance-messages.ts';

/** Passes on what an instance tells to all others, and tells it when they have heard. */
export interface Relay {
  readonly join: (id: number, send: (message: ToInstance) => void) => void;
  /** It has ended: nobody waits for it any more. */
  readonly leave: (id: number) => void;
  readonly receive: (from: number, message: Extract<FromInstance, { kind: 'tell' | 'heard' }>) => void;
}

interface Telling {
  readonly from: number;
  readonly call: number;
  readonly waitsFor: Set<number>;
  readonly timer: TimerHandle;
}

/** An instance that stands still for longer holds nobody up; it hears what was told when it goes on, before it is told anything else. */
const patienceMs = 2_000;

export function createRelay(timers: Timers): Relay {
  const members = new Map<number, (message: ToInstance) => void>();
  const tellings = new Map<number, Telling>();
  let count = 0;
  const end = (id: number): void => {
    const telling = tellings.get(id);
    if (telling === undefined) return;
    tellings.delete(id);
    timers.clearTimeout(telling.timer);
    members.get(telling.from)?.({ kind: 'told', call: telling.call });
  };
  const heard = (id: number, by: number): void => {
    const telling = tellings.get(id);
    if (telling?.waitsFor.delete(by) === true && telling.waitsFor.size === 0) end(id);
  };
  return {
    join: (id, send) => void members.set(id, send),
    leave(id) {
      members.delete(id);
      for (const telling of tellings.keys()) heard(telling, id);
    },
    receive(from, message) {
      if (message.kind === 'heard') {
        heard(message.call, from);
        return;
      }
      const { call, topic, data } = message;
      const others = [...members].filter(([member]) => member !== from);
      if (others.length === 0) {
        members.get(from)?.({ kind: 'told', call });
        return;
      }
      const id = ++count;
      const timer = timers.setTimeout(() => end(id), patienceMs);
      timer.unref();
      tellings.set(id, { from, call, waitsFor: new Set(others.map(([member]) => member)), timer });
      for (const [, send] of others) send({ kind: 'hear', call: id, topic, data });
    },
  };
}
