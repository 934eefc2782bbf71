import { boundedRun } from '../internal/bounded-run.ts';
import type { BoundedRun } from '../internal/bounded-run.ts';
import type { Timers } from '../internal/timers.ts';
import { DestroyTimeoutError } from './pool-errors.ts';

export interface DisposalsOptions<T> {
  readonly destroy: (resource: T, signal: AbortSignal) => void | PromiseLike<void>;
  readonly destroyTimeoutMs: number;
  readonly timers: Timers;
  /** Gone, or given up; `error` is null when `destroy` went well. */
  readonly onGone: (resource: T, error: { readonly reason: unknown } | null) => void;
}

/** Resources that are being destroyed. */
export class Disposals<T> {
  readonly #options: DisposalsOptions<T>;
  readonly #runs = new Map<BoundedRun<void>, Promise<void>>();

  constructor(options: DisposalsOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#runs.size;
  }

  start(resource: T): void {
    const { destroy, destroyTimeoutMs: timeoutMs, timers } = this.#options;
    const run = boundedRun<void>((signal) => destroy(resource, signal), {
      timeoutMs,
      timers,
      timeoutError: () => new DestroyTimeoutError(timeoutMs),
      onLate: () => {},
    });
    this.#runs.set(run, this.#seeGone(run, resource));
  }

  /** When those that are under way now are gone. */
  async whenDone(): Promise<void> {
    await Promise.all(this.#runs.values());
  }

  /** Never rejects: a resource that cannot be destroyed is nevertheless gone from the pool. */
  async #seeGone(run: BoundedRun<void>, resource: T): Promise<void> {
    let error: { readonly reason: unknown } | null = null;
    try {
      await run.result;
    } catch (reason) {
      error = { reason };
    }
    this.#runs.delete(run);
    this.#options.onGone(resource, error);
  }
}
