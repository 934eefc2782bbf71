import { Alarm } from '../internal/alarm.ts';
import { LinkedList } from '../internal/linked-list.ts';
import type { Timers } from '../internal/timers.ts';

export interface IdleStackOptions<T> {
  /** 0: for ever. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly timers: Timers;
  readonly onExpire: (resource: T) => void;
}

interface Idle<T> {
  readonly resource: T;
  readonly deadlineMs: number;
}

/**
 * Resources nobody uses: the last one in is the first one out, so the bottom one has been idle longest and times out
 * first. One timer for all, which does not keep the process alive.
 */
export class IdleStack<T> {
  readonly #options: IdleStackOptions<T>;
  readonly #stack = new LinkedList<Idle<T>>();
  readonly #alarm: Alarm;

  constructor(options: IdleStackOptions<T>) {
    this.#options = options;
    this.#alarm = new Alarm(options.timers, () => this.#expire(), { keepsAlive: false });
  }

  get length(): number {
    return this.#stack.length;
  }

  push(resource: T): void {
    const { timeoutMs, now } = this.#options;
    this.#stack.push({ resource, deadlineMs: timeoutMs === 0 ? Infinity : now() + timeoutMs });
    if (timeoutMs > 0) this.#alarm.set(timeoutMs);
  }

  /** The resource used last, or null. One that is past its time is not lent, even if its timer is late. */
  pop(): { readonly resource: T } | null {
    const top = this.#stack.last?.value;
    if (top === undefined) return null;
    if (top.deadlineMs === Infinity || top.deadlineMs > this.#options.now())
      return this.#stack.pop()?.value ?? null;
    this.#expire();
    return null;
  }

  /** Let every resource go, whatever its time. */
  clear(): void {
    this.#alarm.clear();
    for (let node = this.#stack.shift(); node !== null; node = this.#stack.shift()) {
      this.#options.onExpire(node.value.resource);
    }
  }

  #expire(): void {
    const nowMs = this.#options.now();
    for (;;) {
      const bottom = this.#stack.first?.value;
      if (bottom === undefined) break;
      if (bottom.deadlineMs > nowMs) {
        this.#alarm.set(bottom.deadlineMs - nowMs);
        break;
      }
      this.#stack.shift();
      this.#options.onExpire(bottom.resource);
    }
  }
}
