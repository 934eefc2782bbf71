import type { EvictReason } from './cache.ts';

interface Notice<K, V> {
  readonly value: V;
  readonly key: K;
  readonly reason: EvictReason;
}

/**
 * Values that left and whose listener is still to be told. They are told in order, only when the cache is in a
 * consistent state, and never one inside another: what the listener's own calls make leave comes after.
 */
export class Notices<K, V> {
  readonly #listener: (value: V, key: K, reason: EvictReason) => void;
  #waiting: Notice<K, V>[] = [];
  #delivering = false;

  constructor(listener: (value: V, key: K, reason: EvictReason) => void) {
    this.#listener = listener;
  }

  add(value: V, key: K, reason: EvictReason): void {
    this.#waiting.push({ value, key, reason });
  }

  /** Tell all. Throws what the listener threw (an AggregateError when more than once), after all were told. */
  deliver(): void {
    if (this.#delivering || this.#waiting.length === 0) return;
    this.#delivering = true;
    const failures: unknown[] = [];
    while (this.#waiting.length > 0) {
      const notices = this.#waiting;
      this.#waiting = [];
      for (const { value, key, reason } of notices) {
        try {
          this.#listener(value, key, reason);
        } catch (error) {
          failures.push(error);
        }
      }
    }
    this.#delivering = false;
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, `onEvict failed ${failures.length} times`);
  }
}
