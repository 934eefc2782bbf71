import { boundedRun } from '../internal/bounded-run.ts';
import type { BoundedRun } from '../internal/bounded-run.ts';
import type { Timers } from '../internal/timers.ts';
import { ValidateTimeoutError } from './pool-errors.ts';
import type { PooledItem } from './pooled-item.ts';

export interface ChecksOptions<T> {
  /** null: every resource is good. */
  readonly validate: ((resource: T, signal: AbortSignal) => boolean | PromiseLike<boolean>) | null;
  readonly validateTimeoutMs: number;
  readonly timers: Timers;
  /** `error`: what `validate` threw, if it did. */
  readonly onChecked: (item: PooledItem<T>, valid: boolean, error: unknown) => void;
}

/** Resources that are being checked before they are lent, or kept. */
export class Checks<T> {
  readonly #options: ChecksOptions<T>;
  readonly #runs = new Map<BoundedRun<boolean>, Promise<void>>();

  constructor(options: ChecksOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#runs.size;
  }

  start(item: PooledItem<T>): void {
    const { validate, validateTimeoutMs: timeoutMs, timers } = this.#options;
    item.state = 'checking';
    const run = boundedRun<boolean>((signal) => validate === null || validate(item.resource, signal), {
      timeoutMs,
      timers,
      timeoutError: () => new ValidateTimeoutError(timeoutMs),
      onLate: () => {},
    });
    this.#runs.set(run, this.#see(run, item));
  }

  /** End them all, as not valid. */
  async abort(reason: Error): Promise<void> {
    for (const run of this.#runs.keys()) run.abort(reason);
    await Promise.all(this.#runs.values());
  }

  async #see(run: BoundedRun<boolean>, item: PooledItem<T>): Promise<void> {
    let valid = false;
    let error: unknown;
    try {
      valid = await run.result;
    } catch (reason) {
      error = reason;
    }
    this.#runs.delete(run);
    this.#options.onChecked(item, valid, error);
  }
}
