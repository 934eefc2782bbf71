import type { EventLoop, Timer } from '../engine/event-loop.ts';

/** Somebody who does something at `dueNs`, again and again. */
export interface Due {
  dueNs: number;
  /** Its place in the clock; -1 when it is in none. */
  clockIndex: number;
  /** It is `dueNs` or later. Sets `dueNs` to the next time (Infinity: none). */
  fall(nowNs: number): void;
}

/** Below this distance a precise clock turns the event loop instead of sleeping. */
const spinNs = 2e6;
const timerSlackNs = 1.5e6;
/** After a stall so many in a row, before replies are read again. */
const maxPerTurn = 256;

/** Calls each member when it is due: a binary heap by due time, and one timer. */
export class DueClock {
  readonly #loop: EventLoop;
  readonly #spins: boolean;
  readonly #heap: Due[] = [];
  readonly #turn: () => void;
  #timer: Timer | null = null;
  /** `soon` was asked for and has not come. */
  #turning = false;
  #stopped = false;

  constructor(loop: EventLoop, pacing: 'precise' | 'eco') {
    this.#loop = loop;
    this.#spins = pacing === 'precise';
    this.#turn = () => {
      this.#turning = false;
      this.#run();
    };
  }

  /** Join, or move to another due time. */
  set(member: Due, dueNs: number): void {
    member.dueNs = dueNs;
    if (member.clockIndex < 0) {
      member.clockIndex = this.#heap.length;
      this.#heap.push(member);
    }
    this.#up(member.clockIndex);
    this.#down(member.clockIndex);
    if (this.#heap[0] === member) this.#wait();
  }

  remove(member: Due): void {
    const index = member.clockIndex;
    if (index < 0) return;
    member.clockIndex = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === member) return;
    this.#place(last, index);
    this.#up(index);
    this.#down(index);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #run(): void {
    // hot path
    let now = this.#loop.now();
    for (let count = 0; count < maxPerTurn; count++) {
      const first = this.#heap[0];
      if (first === undefined || first.dueNs > now) break;
      first.fall(now);
      if (first.dueNs === Infinity) this.remove(first);
      else if (first.clockIndex >= 0) this.#down(first.clockIndex);
      now = this.#loop.now();
    }
    this.#wait();
  }

  #wait(): void {
    // hot path
    const first = this.#heap[0];
    if (this.#turning || this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (first === undefined || first.dueNs === Infinity) return;
    const waitNs = first.dueNs - this.#loop.now();
    if (waitNs <= 0 || (this.#spins && waitNs < spinNs)) {
      this.#turning = true;
      this.#loop.soon(this.#turn);
    } else {
      this.#timer = this.#loop.after(this.#spins ? waitNs - timerSlackNs : waitNs, this.#turn);
    }
  }

  #up(from: number): void {
    const member = this.#heap[from];
    if (member === undefined) return;
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const other = this.#heap[above];
      if (other === undefined || other.dueNs <= member.dueNs) break;
      this.#place(other, index);
      index = above;
    }
    this.#place(member, index);
  }

  #down(from: number): void {
    const heap = this.#heap;
    const member = heap[from];
    if (member === undefined) return;
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let below = left;
      if (right < heap.length && (heap[right]?.dueNs ?? 0) < (heap[left]?.dueNs ?? 0)) below = right;
      const other = heap[below];
      if (other === undefined || other.dueNs >= member.dueNs) break;
      this.#place(other, index);
      index = below;
    }
    this.#place(member, index);
  }

  #place(member: Due, index: number): void {
    this.#heap[index] = member;
    member.clockIndex = index;
  }
}
