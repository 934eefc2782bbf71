import type { ResourceLimits, Transferable } from 'node:worker_threads';
import type { DurationSummary } from '../internal/duration-histogram.ts';
import type { Timers } from '../internal/timers.ts';

export interface WorkerPoolOptions {
  /** The module with the task functions, as a URL: `new URL('./tasks.js', import.meta.url)`. It is imported in each thread. */
  readonly module: URL;
  /** Given to every task function as `context.data`; must be clonable. */
  readonly workerData?: unknown;
  /** Threads to have at any time. @default 0 */
  readonly minThreads?: number;
  /** Most threads at once. @default what the machine can run in parallel */
  readonly maxThreads?: number;
  /** Tasks a thread may have at once, for tasks that wait rather than compute. @default 1 */
  readonly concurrentTasksPerWorker?: number;
  /** Most tasks that wait for a thread. @default 10000 */
  readonly maxQueue?: number;
  /** How long a thread without tasks lives; 0: for ever. @default 30000 */
  readonly idleTimeoutMs?: number;
  /** How long a task has to stop after its signal aborts, before its thread is ended. @default 1000 */
  readonly abortGraceMs?: number;
  /** How long a thread may take to start; 0: for ever. @default 30000 */
  readonly startTimeoutMs?: number;
  readonly resourceLimits?: ResourceLimits;
  /** For thread names. @default 'worker pool' */
  readonly name?: string;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** @default setTimeout and clearTimeout */
  readonly timers?: Timers;
}

export interface RunOptions {
  /** The export to call. @default 'default' */
  readonly name?: string;
  /** Stops waiting when it aborts; a task that runs is told, and its thread ended if it does not stop within abortGraceMs. */
  readonly signal?: AbortSignal | undefined;
  /** Objects of the task to move instead of copy. */
  readonly transferList?: readonly Transferable[];
}

/**
 * Runs tasks in threads, in order of arrival. A task function gets the task and a TaskContext. A thread that crashes
 * fails the tasks it had, no others, and is replaced when it is needed. A pool without tasks does not keep the process
 * alive.
 */
export interface WorkerPool {
  /**
   * What the task function returns. Rejects with what it throws, WorkerCrashedError, PoolFullError, PoolClosedError,
   * CreateTimeoutError, the signal's reason, or DataCloneError for a task that cannot be cloned.
   */
  run(task: unknown, options?: RunOptions): Promise<unknown>;
  /** Take no more tasks, run those that wait, then end the threads. */
  drain(): Promise<void>;
  /** Take no more tasks, reject those that wait or run, and end the threads. */
  destroy(): Promise<void>;
  stats(): WorkerPoolStats;
}

export interface WorkerPoolStats {
  readonly threads: number;
  /** Tasks with a thread, and waiting for one, now. */
  readonly running: number;
  readonly queued: number;
  readonly completed: number;
  readonly failed: number;
  /** Threads that ended without being told to, and those that had to be ended for a task that would not stop. */
  readonly crashes: number;
  /** Time with tasks over the time of all places for tasks; 0 to 1. */
  readonly utilization: number;
  readonly wait: DurationSummary;
  readonly run: DurationSummary;
}
