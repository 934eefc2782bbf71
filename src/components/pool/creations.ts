import { backoffMs } from '../internal/backoff.ts';
import { startCreation } from './creation.ts';
import type { Creation } from './creation.ts';
import { CreateTimeoutError } from './pool-errors.ts';
import type { PoolSettings } from './pool-options.ts';

type Setting = 'create' | 'createTimeoutMs' | 'createRetries' | 'createBackoff' | 'now' | 'timers' | 'random';

export interface CreationsOptions<T> extends Pick<PoolSettings<T>, Setting> {
  /** Whether another attempt is still of use. */
  readonly wanted: () => boolean;
  /** Whether a borrower waits, so that the process must not end before the next attempt. */
  readonly waitedFor: () => boolean;
  /** Whether the pool does not have the resource yet. */
  readonly isNew: (resource: T) => boolean;
  /** A resource, some milliseconds after the first attempt. */
  readonly onCreated: (resource: T, ms: number) => void;
  /** One that came after the time-out. */
  readonly onLate: (resource: T) => void;
  /** An attempt that failed; the next is in `retryInMs`, or never (null). */
  readonly onFailure: (error: unknown, retryInMs: number | null) => void;
  /** After the last attempt. */
  readonly onGivenUp: (error: unknown) => void;
  /** The creation no longer counts, however it ended, and all else has been told. */
  readonly onEnd: () => void;
}

const notNew = 'Expected `create` to make a new resource, got one that is in the pool already.';

/** Resources that are being created. */
export class Creations<T> {
  readonly #options: CreationsOptions<T>;
  readonly #underWay = new Map<Creation<T>, Promise<void>>();
  /** Creations that failed for good since the last that did not. */
  #failures = 0;
  #lastError: unknown = undefined;
  #againAtMs = -Infinity;

  constructor(options: CreationsOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#underWay.size;
  }

  /** Why the last attempt failed, if none has gone well since. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Until when nothing should be created ahead of need. */
  get againAtMs(): number {
    return this.#againAtMs;
  }

  start(): void {
    const { createTimeoutMs, createRetries, createBackoff, now, onFailure } = this.#options;
    const startMs = now();
    const creation = startCreation<T>({
      ...this.#options,
      timeoutMs: createTimeoutMs,
      retries: createRetries,
      backoff: createBackoff,
      timeoutError: () => new CreateTimeoutError(createTimeoutMs),
      onFailure: (error, retryInMs) => {
        this.#lastError = error;
        onFailure(error, retryInMs);
      },
    });
    this.#underWay.set(creation, this.#see(creation, startMs));
  }

  /** End them all; resolves when they have ended. */
  async abort(reason: Error): Promise<void> {
    for (const creation of this.#underWay.keys()) creation.abort(reason);
    await Promise.all(this.#underWay.values());
  }

  async #see(creation: Creation<T>, startMs: number): Promise<void> {
    const { now, createBackoff, random, isNew, onCreated, onGivenUp, onEnd } = this.#options;
    try {
      const resource = await creation.result;
      if (!isNew(resource)) throw new TypeError(notNew);
      this.#underWay.delete(creation);
      this.#failures = 0;
      this.#lastError = undefined;
      onCreated(resource, now() - startMs);
    } catch (error) {
      this.#underWay.delete(creation);
      this.#againAtMs = now() + backoffMs(createBackoff, ++this.#failures, random);
      onGivenUp(error);
    }
    onEnd();
  }
}
