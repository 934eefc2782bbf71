import type { Deadlined } from '../../connections/deadline-queue.ts';

/** A message that was sent and has no reply yet. */
export class SocketMessage implements Deadlined {
  readonly phase: number;
  readonly dueNs: number;
  readonly sentNs: number;
  /** What its reply repeats. */
  readonly key: string;
  deadlineNs = 0;
  earlier: Deadlined | null = null;
  later: Deadlined | null = null;
  queued = false;

  readonly #timedOut: (message: SocketMessage, nowNs: number) => void;

  constructor(
    { phase, dueNs, sentNs, key }: { phase: number; dueNs: number; sentNs: number; key: string },
    timedOut: (message: SocketMessage, nowNs: number) => void,
  ) {
    this.phase = phase;
    this.dueNs = dueNs;
    this.sentNs = sentNs;
    this.key = key;
    this.#timedOut = timedOut;
  }

  expire(nowNs: number): void {
    this.#timedOut(this, nowNs);
  }
}
