import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ResourceLimits, Transferable } from 'node:worker_threads';
import type { TimerHandle, Timers } from '../internal/timers.ts';
import type { FromWorker, ToWorker, WorkerOrder } from './worker-messages.ts';
import { WorkerCrashedError } from './worker-pool-errors.ts';

export interface TaskThreadOptions {
  readonly order: WorkerOrder;
  readonly name: string;
  readonly resourceLimits: ResourceLimits;
  readonly abortGraceMs: number;
  readonly timers: Timers;
}

export interface ThreadTask {
  readonly name: string;
  readonly task: unknown;
  readonly transferList: readonly Transferable[];
  readonly signal: AbortSignal | undefined;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** The thread is done with it, whatever the caller was told. */
  readonly finish: () => void;
}

/** One thread of a worker pool, and the tasks it has. It keeps the process alive only while it has some. */
export class TaskThread {
  readonly #options: TaskThreadOptions;
  readonly #worker: Worker;
  readonly #tasks = new Map<number, Pending>();
  readonly #started = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  #ids = 0;
  #crash: WorkerCrashedError | null = null;
  #killing: string | null = null;

  constructor(options: TaskThreadOptions) {
    this.#options = options;
    const { order, name, resourceLimits } = options;
    const script = new URL(`./worker-pool-thread${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(script, { workerData: order, name, resourceLimits });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('messageerror', (error) => this.#fail('its result could not be read', error));
    this.#worker.on('error', (error) => this.#fail('it threw', error));
    this.#worker.on('exit', (code) => {
      this.#fail(this.#killing ?? `it exited with code ${code}`, undefined);
      this.#gone.resolve();
    });
    // Seen by whoever waits for the start; without one it must not become an unhandled rejection.
    this.#started.promise.catch(() => undefined);
  }

  /** Resolves when the module is imported; rejects with WorkerCrashedError when that fails. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  get crashed(): boolean {
    return this.#crash !== null;
  }

  /** `result` settles at once on abort; `finished` when the thread is done with the task, or gone. */
  run({ name, task, transferList, signal }: ThreadTask): {
    readonly result: Promise<unknown>;
    readonly finished: Promise<void>;
  } {
    const { promise: result, resolve, reject } = Promise.withResolvers<unknown>();
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    if (this.#crash !== null) {
      reject(this.#crash);
      finish();
      return { result, finished };
    }
    const id = this.#ids++;
    try {
      this.#send({ kind: 'run', id, name, task }, transferList);
    } catch (error) {
      // The task cannot be cloned: the thread has not heard of it.
      reject(error);
      finish();
      return { result, finished };
    }
    let killTimer: TimerHandle | null = null;
    const onAbort = (): void => {
      reject(signal?.reason);
      this.#send({ kind: 'abort', id });
      const { timers, abortGraceMs } = this.#options;
      killTimer = timers.setTimeout(
        () => void this.end('a task that was aborted did not stop'),
        abortGraceMs,
      );
    };
    signal?.addEventListener('abort', onAbort);
    this.#worker.ref();
    this.#tasks.set(id, {
      resolve,
      reject,
      finish: () => {
        signal?.removeEventListener('abort', onAbort);
        if (killTimer !== null) this.#options.timers.clearTimeout(killTimer);
        finish();
      },
    });
    return { result, finished };
  }

  /** End the thread; resolves when it is gone. */
  async end(why: string): Promise<void> {
    this.#killing ??= why;
    void this.#worker.terminate();
    await this.#gone.promise;
  }

  #send(message: ToWorker, transferList: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transferList);
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') {
      this.#worker.unref();
      this.#started.resolve();
      return;
    }
    const pending = this.#tasks.get(message.id);
    if (pending === undefined) return;
    this.#tasks.delete(message.id);
    if (this.#tasks.size === 0) this.#worker.unref();
    if (message.kind === 'done') pending.resolve(message.value);
    else pending.reject(message.error);
    pending.finish();
  }

  #fail(why: string, cause: unknown): void {
    if (this.#crash !== null) return;
    this.#crash = new WorkerCrashedError(why, cause === undefined ? {} : { cause });
    this.#started.reject(this.#crash);
    for (const { reject, finish } of this.#tasks.values()) {
      reject(this.#crash);
      finish();
    }
    this.#tasks.clear();
  }
}
