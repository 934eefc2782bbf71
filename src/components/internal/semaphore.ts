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

  /** What `work` resolves or rejects with; its place is free again when it settles. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running++;
    // The one who leaves hands its place over, so `running` is already right when this resumes.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === null) this.#running--;
      else next.value();
    }
  }
}
