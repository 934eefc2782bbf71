import { availableParallelism } from 'node:os';
import { delayMs, expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import { systemTimers } from '../internal/timers.ts';
import { PoolClosedError } from './pool-errors.ts';
import { ResourcePool } from './resource-pool.ts';
import { TaskThread } from './task-thread.ts';
import type { TaskThreadOptions } from './task-thread.ts';
import type { RunOptions, WorkerPool, WorkerPoolOptions, WorkerPoolStats } from './worker-pool.ts';

/** A thread and how many of its places for tasks are in the pool. */
interface Staffed {
  readonly thread: TaskThread;
  seats: number;
}

/** What is pooled: a place for one task on a thread. */
interface Seat {
  readonly staffed: Staffed;
}

/** A worker pool: a ResourcePool of places on threads. Throws TypeError or RangeError on options it cannot follow. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { perThread, maxThreads, minThreads, threadOptions, rest } = settingsOf(options);
  const threads = new Set<Staffed>();
  const closing = new AbortController();
  let ids = 0;
  let [completed, failed, crashes] = [0, 0, 0];

  /** A new thread while there may be more, else the one with the fewest places. */
  const staff = (): Staffed => {
    const usable = [...threads].filter(({ thread, seats }) => !thread.crashed && seats < perThread);
    const [emptiest] = usable.toSorted((a, b) => a.seats - b.seats);
    if (emptiest !== undefined && threads.size >= maxThreads) return emptiest;
    const thread = new TaskThread({ ...threadOptions, name: `${threadOptions.name} ${ids++}` });
    const staffed = { thread, seats: 0 };
    threads.add(staffed);
    return staffed;
  };
  const leave = async ({ staffed }: Seat): Promise<void> => {
    if (--staffed.seats > 0) return;
    if (staffed.thread.crashed && !closing.signal.aborted) crashes++;
    threads.delete(staffed);
    await staffed.thread.end('its pool ended it');
  };
  const seats = new ResourcePool<Seat>({
    ...rest,
    min: minThreads,
    max: maxThreads * perThread,
    acquireTimeoutMs: 0,
    create: async (signal) => {
      const staffed = staff();
      staffed.seats++;
      const seat = { staffed };
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason));
      try {
        await Promise.race([staffed.thread.started, promise]);
        return seat;
      } catch (error) {
        await leave(seat);
        throw error;
      }
    },
    destroy: leave,
  });

  return {
    async run(task, { name = 'default', signal, transferList = [] }: RunOptions = {}) {
      let lease = await seats.lease({ signal });
      // One that crashed without a task was not noticed.
      while (lease.resource.staffed.thread.crashed) {
        lease.discard();
        lease = await seats.lease({ signal });
      }
      const { thread } = lease.resource.staffed;
      const stop = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
      const { result, finished } = thread.run({ name, task, transferList, signal: stop });
      // The place is taken until the thread is done with the task, even if the caller was told before.
      void finished.then(() => (thread.crashed ? lease.discard() : lease.release()));
      try {
        const value = await result;
        completed++;
        return value;
      } catch (error) {
        failed++;
        throw error;
      }
    },
    drain: () => seats.drain(),
    async destroy() {
      const rejected = seats.destroy();
      closing.abort(new PoolClosedError());
      await Promise.all([...threads].map(({ thread }) => thread.end('its pool was destroyed')));
      await rejected;
      await seats.drain();
    },
    stats: (): WorkerPoolStats => {
      const { borrowed, waiting, utilization, wait, use } = seats.stats();
      return {
        threads: threads.size,
        running: borrowed,
        queued: waiting,
        completed,
        failed,
        crashes,
        utilization,
        wait,
        run: use,
      };
    },
  };
}

function settingsOf({ module, workerData, now, timers = systemTimers, ...options }: WorkerPoolOptions) {
  if (!(module instanceof URL)) throw new TypeError(expected('module', 'a URL', module));
  const maxThreads = positiveInteger('maxThreads', options.maxThreads ?? availableParallelism());
  const minThreads = wholeNumber('minThreads', options.minThreads ?? 0);
  if (minThreads > maxThreads) {
    throw new RangeError(expected('minThreads', `at most maxThreads (${maxThreads})`, minThreads));
  }
  const threadOptions: TaskThreadOptions = {
    order: { module: module.href, data: workerData },
    name: options.name ?? 'worker pool',
    resourceLimits: options.resourceLimits ?? {},
    abortGraceMs: delayMs('abortGraceMs', options.abortGraceMs ?? 1_000),
    timers,
  };
  return {
    perThread: positiveInteger('concurrentTasksPerWorker', options.concurrentTasksPerWorker ?? 1),
    maxThreads,
    minThreads,
    threadOptions,
    rest: {
      maxWaiting: wholeNumber('maxQueue', options.maxQueue ?? 10_000),
      idleTimeoutMs: delayMs('idleTimeoutMs', options.idleTimeoutMs ?? 30_000),
      createTimeoutMs: delayMs('startTimeoutMs', options.startTimeoutMs ?? 30_000),
      timers,
      ...(now === undefined ? {} : { now }),
    },
  };
}
