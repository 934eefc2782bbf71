import { LinkedList } from '../internal/linked-list.ts';
import type { Timers } from '../internal/timers.ts';
import { WakeUp } from '../internal/wake-up.ts';
import type { PooledItem } from './pooled-item.ts';

export interface IdleStackOptions<T> {
  /** 0: for ever. */
  readonly idleTimeoutMs: number;
  /** 0: never. */
  readonly keepAliveMs: number;
  readonly now: () => number;
  readonly timers: Timers;
  /** Whether one may go for having been idle long: not when the pool keeps as few as it must. */
  readonly maySpare: () => boolean;
  /** The item is no longer in the stack. */
  readonly onExpire: (item: PooledItem<T>, reason: 'idle' | 'lifetime') => void;
  /** The item is no longer in the stack and is to be checked, then put back with `restore`. */
  readonly onCheckDue: (item: PooledItem<T>) => void;
}

/**
 * Resources nobody uses: the last one in is the first one out, so the ones in excess stay at the bottom and time out.
 * One timer for all, which does not keep the process alive. Push and pop take O(1) time; a ring, O(idle).
 */
export class IdleStack<T> {
  readonly #options: IdleStackOptions<T>;
  readonly #stack = new LinkedList<PooledItem<T>>();
  readonly #wakeUp: WakeUp;

  constructor(options: IdleStackOptions<T>) {
    this.#options = options;
    const { timers, now } = options;
    this.#wakeUp = new WakeUp({ timers, now, ring: () => this.#sweep(), keepsAlive: false });
  }

  get length(): number {
    return this.#stack.length;
  }

  push(item: PooledItem<T>): void {
    item.state = 'idle';
    if (item.node === null) item.node = this.#stack.push(item);
    else this.#stack.pushAgain(item.node);
    this.#wakeUp.at(this.#dueMs(item));
  }

  /** Where it was: it was not used, only checked. */
  restore(item: PooledItem<T>): void {
    item.state = 'idle';
    let above = this.#stack.first;
    while (above !== null && above.value.idleSinceMs <= item.idleSinceMs) above = this.#stack.after(above);
    item.node = above === null ? this.#stack.push(item) : this.#stack.insertBefore(above, item);
    this.#wakeUp.at(this.#dueMs(item));
  }

  /** The one used last, or null. One that is past its time is not lent, even if the timer is late. */
  pop(nowMs: number): PooledItem<T> | null {
    for (let node = this.#stack.pop(); node !== null; node = this.#stack.pop()) {
      const item = node.value;
      const reason = this.#expiredBy(item, nowMs);
      if (reason === null) return item;
      this.#options.onExpire(item, reason);
    }
    return null;
  }

  /** Every item, which are then no longer in the stack. */
  takeAll(): PooledItem<T>[] {
    this.#wakeUp.clear();
    const items: PooledItem<T>[] = [];
    for (let node = this.#stack.shift(); node !== null; node = this.#stack.shift()) {
      items.push(node.value);
    }
    return items;
  }

  #sweep(): void {
    const { now, onExpire, onCheckDue } = this.#options;
    const nowMs = now();
    let nextMs = Infinity;
    for (let node = this.#stack.first; node !== null;) {
      const item = node.value;
      const after = this.#stack.after(node);
      const reason = this.#expiredBy(item, nowMs);
      if (reason !== null || this.#checkMs(item) <= nowMs) {
        this.#stack.remove(node);
        if (reason === null) onCheckDue(item);
        else onExpire(item, reason);
      } else {
        // One that is kept beyond its idle time, for the pool to have its minimum, is looked at with the others.
        const idleMs = this.#idleUntilMs(item);
        nextMs = Math.min(nextMs, item.expiresMs, this.#checkMs(item), idleMs > nowMs ? idleMs : Infinity);
      }
      node = after;
    }
    this.#wakeUp.at(nextMs);
  }

  #expiredBy(item: PooledItem<T>, nowMs: number): 'idle' | 'lifetime' | null {
    if (item.expiresMs <= nowMs) return 'lifetime';
    return this.#idleUntilMs(item) <= nowMs && this.#options.maySpare() ? 'idle' : null;
  }

  #dueMs(item: PooledItem<T>): number {
    return Math.min(item.expiresMs, this.#idleUntilMs(item), this.#checkMs(item));
  }

  #idleUntilMs({ idleSinceMs }: PooledItem<T>): number {
    const { idleTimeoutMs } = this.#options;
    return idleTimeoutMs === 0 ? Infinity : idleSinceMs + idleTimeoutMs;
  }

  #checkMs({ checkedMs }: PooledItem<T>): number {
    const { keepAliveMs } = this.#options;
    return keepAliveMs === 0 ? Infinity : checkedMs + keepAliveMs;
  }
}
