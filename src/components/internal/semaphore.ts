import { LinkedList } from './linked-list.ts';

/** Lets at most `limit` calls run at once; the others wait in order of arrival. */
export class Semaphore {
  readonly #limit: number;
  readonly #waiting = new LinkedList<() => void>();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * What `work` resolves or rejects with; its place is free again when it settles. Aborted while it waits, it rejects
   * with the signal's reason at once and leaves the line.
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#running < this.#limit) this.#running++;
    // The one who leaves hands its place over, so `running` is already right when this resumes.
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === null) this.#running--;
      else next.value();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      // Out of the line already when its turn came in the same moment: then it runs.
      if (this.#waiting.remove(place)) reject(signal?.reason);
    };
    const place = this.#waiting.push(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    });
    signal?.addEventListener('abort', leave, { once: true });
    return promise;
  }
}
