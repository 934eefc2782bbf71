import type { PoolEvent } from './pool-events.ts';

/** Tells a listener, if there is one, in such a way that it cannot leave the pool half way through its work. */
export class EventTeller<T> {
  readonly #listener: ((event: PoolEvent<T>) => void) | null;

  constructor(listener: ((event: PoolEvent<T>) => void) | null) {
    this.#listener = listener;
  }

  /** What the listener throws becomes an uncaught exception. */
  tell(event: PoolEvent<T>): void {
    try {
      this.#listener?.(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
