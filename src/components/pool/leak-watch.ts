import { LinkedList } from '../internal/linked-list.ts';
import type { Timers } from '../internal/timers.ts';
import { WakeUp } from '../internal/wake-up.ts';
import type { PooledItem } from './pooled-item.ts';

/** Where a resource was borrowed, and whether that was reported. */
export interface BorrowTrace {
  /** V8 makes a text of the frames only when it is asked for. */
  readonly at: Error;
  reported: boolean;
}

export interface LeakWatchOptions<T> {
  /** 0: off. */
  readonly thresholdMs: number;
  readonly now: () => number;
  readonly timers: Timers;
  readonly onLeak: (item: PooledItem<T>, stack: string) => void;
}

/**
 * Reports, once, each resource that is borrowed for longer than a threshold (as HikariCP's leak task). Those borrowed
 * are in order of time and have the same threshold, so one timer does for all; it does not keep the process alive.
 */
export class LeakWatch<T> {
  readonly #options: LeakWatchOptions<T>;
  readonly #borrowed = new LinkedList<PooledItem<T>>();
  readonly #wakeUp: WakeUp;

  constructor(options: LeakWatchOptions<T>) {
    this.#options = options;
    const { timers, now } = options;
    this.#wakeUp = new WakeUp({ timers, now, ring: () => this.#ring(), keepsAlive: false });
  }

  /** To be called by the method that the borrower calls, for its stack; null when the watch is off. */
  trace(): BorrowTrace | null {
    return this.#options.thresholdMs === 0 ? null : { at: new Error('borrowed here'), reported: false };
  }

  borrowed(item: PooledItem<T>): void {
    if (item.trace === null) return;
    item.watched = this.#borrowed.push(item);
    this.#wakeUp.at(item.borrowedMs + this.#options.thresholdMs);
  }

  returned(item: PooledItem<T>): void {
    if (item.watched !== null) this.#borrowed.remove(item.watched);
    item.watched = null;
    if (this.#borrowed.length === 0) this.#wakeUp.clear();
  }

  #ring(): void {
    const { now, thresholdMs, onLeak } = this.#options;
    const nowMs = now();
    for (let node = this.#borrowed.first; node !== null; node = this.#borrowed.first) {
      const item = node.value;
      const dueMs = item.borrowedMs + thresholdMs;
      if (dueMs > nowMs) {
        this.#wakeUp.at(dueMs);
        break;
      }
      this.#borrowed.remove(node);
      item.watched = null;
      if (item.trace === null) continue;
      item.trace.reported = true;
      onLeak(item, stackOf(item.trace));
    }
  }
}

/** The borrower's frames: those below the message, `trace` and the pool's own method. */
export function stackOf({ at }: BorrowTrace): string {
  return (at.stack ?? '').split('\n').slice(3).join('\n');
}
