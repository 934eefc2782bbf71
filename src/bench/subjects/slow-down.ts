import { nowNs } from '../../measure/clock.ts';
import type { Clock } from '../../measure/clock.ts';
import { PerfkitError } from '../../model/errors.ts';
import { createBusyWait } from './busy-wait.ts';
import type { BusyWait } from './busy-wait.ts';
import type { Operation, Subject } from './driver.ts';
import { createOwnTimes } from './own-times.ts';
import { createRehearsal } from './rehearsal.ts';

export interface SlowDownOptions {
  /** Of the time that an operation takes; 0 goes through the same motions and waits for nothing. */
  readonly share: number;
  /** Callers at once. */
  readonly concurrency: number;
  readonly now?: Clock;
  /** For tests. */
  readonly createWait?: () => BusyWait;
}

export interface SlowedSubject {
  readonly subject: Subject;
  /** Warm-up is over: slow the operations down from here on. Throws PerfkitError when the warm-up was too short to tell by how much. */
  readonly measuring: () => void;
  /** To be told of time in which nobody was let call. */
  readonly stoodStill: (ns: number) => void;
}

/**
 * A subject whose operations take longer by a share of the time that each takes in this very process, to find out what
 * a comparison sees of it: before each call stands a busy wait. How long it has to be is found out from among the calls
 * of the warm-up, in windows with a wait and without one, which all subjects go through, also those that are not slowed
 * down. The wait comes first because one behind the call would run beside whatever the call awaits. Throws PerfkitError
 * when the subject has a clock of its own.
 */
export function slowDown(
  subject: Subject,
  { share, concurrency, now = nowNs, createWait = createBusyWait }: SlowDownOptions,
): SlowedSubject {
  if (subject.clock !== undefined)
    throw new PerfkitError(
      'scenario',
      'a subject with a clock of its own cannot be slowed down: choose another scenario',
    );
  const operations = Object.entries(subject.operations);
  const waits = operations.map(() => createWait());
  let turnNs = waits[0]?.turnNs(now) ?? 1;
  const wait = (ns: number): void => waits.forEach((one) => one.set(ns / turnNs));
  const rehearsal = createRehearsal({ concurrency, now, wait });
  const times = createOwnTimes(operations.length, now);
  const slowed = operations.map(([name, operation], id) => {
    const pause = waits[id]?.pause ?? ((index) => index);
    const run: Operation =
      operations.length === 1
        ? withWait(operation, pause, rehearsal.called)
        : (index) => {
            // hot path
            rehearsal.called();
            return times.call(id, operation, pause(index));
          };
    return [name, run] as const;
  });
  return {
    subject: { ...subject, operations: Object.fromEntries(slowed) },
    measuring: () => {
      const found = rehearsal.end();
      if (share === 0) return;
      if (found === null)
        throw new PerfkitError(
          'scenario',
          'the warm-up was too short to slow the operations down by a share of their time: give it more with --warmup',
        );
      // once more: the wait is compiled by now
      turnNs = waits[0]?.turnNs(now) ?? 1;
      // More than the whole gap would keep the processor busier than the callers do: then it is the wait that sets the pace.
      const waitNs = Math.min(share / found.response, 1 + share) * found.gapNs;
      times.weights().forEach((weight, id) => waits[id]?.set((weight * waitNs) / turnNs));
    },
    stoodStill: rehearsal.stoodStill,
  };
}

function withWait(operation: Operation, pause: BusyWait['pause'], called: () => void): Operation {
  return (index) => {
    // hot path
    called();
    return operation(pause(index));
  };
}
