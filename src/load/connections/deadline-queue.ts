import type { EventLoop, Timer } from '../engine/event-loop.ts';

/** A member's own links: a member is in one queue at a time, and joining or leaving allocates nothing. */
export interface Deadlined {
  deadlineNs: number;
  earlier: Deadlined | null;
  later: Deadlined | null;
  queued: boolean;
  /** The time is up; it has left the queue. */
  expire(nowNs: number): void;
}

/**
 * Time-outs for many operations with one timer. All have the same time-out, so they expire in the order in which
 * they were added, and only the first needs watching. Expiry is never early, and late by a timer's grain.
 *
 *     first <-> ... <-> last      add at the end, remove anywhere, expire at the front
 */
export class DeadlineQueue {
  readonly #loop: EventLoop;
  readonly #timeoutNs: number;
  #first: Deadlined | null = null;
  #last: Deadlined | null = null;
  #timer: Timer | null = null;

  constructor(loop: EventLoop, timeoutNs: number) {
    this.#loop = loop;
    this.#timeoutNs = timeoutNs;
  }

  get empty(): boolean {
    return this.#first === null;
  }

  add(member: Deadlined, nowNs: number): void {
    // hot path
    member.deadlineNs = nowNs + this.#timeoutNs;
    member.earlier = this.#last;
    member.later = null;
    member.queued = true;
    if (this.#last === null) this.#first = member;
    else this.#last.later = member;
    this.#last = member;
    if (this.#timer === null) this.#arm(nowNs);
  }

  /** Leave; does nothing for one that is in no queue. The timer stays armed and finds the next when it fires. */
  remove(member: Deadlined): void {
    // hot path
    if (!member.queued) return;
    if (member.earlier === null) this.#first = member.later;
    else member.earlier.later = member.later;
    if (member.later === null) this.#last = member.earlier;
    else member.later.earlier = member.earlier;
    member.earlier = null;
    member.later = null;
    member.queued = false;
  }

  /** Stop watching. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(nowNs: number): void {
    const first = this.#first;
    if (first !== null)
      this.#timer = this.#loop.after(Math.max(0, first.deadlineNs - nowNs), () => this.#fire());
  }

  #fire(): void {
    this.#timer = null;
    const now = this.#loop.now();
    for (let first = this.#first; first !== null && first.deadlineNs <= now; first = this.#first) {
      this.remove(first);
      first.expire(now);
    }
    if (this.#timer === null) this.#arm(this.#loop.now());
  }
}
