import { BatcherClosedError, QueueFullError, createBatcher } from '../../components/batcher/index.ts';
import type { BatcherStats } from '../../components/batcher/index.ts';
import { createLruCache } from '../../components/cache/index.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { Ports } from '../ports.ts';
import type { Job, JobRequest, JobStatus } from './job.ts';

/** Runs jobs in the background, the most important first; none waits for ever, however many more important ones come. */
export interface JobQueue {
  /** Takes the job and returns at once. Throws QueueFullError when too many wait, BatcherClosedError after `close`. */
  readonly add: (request: JobRequest) => JobStatus;
  /** undefined: never heard of, or so long ago that it was forgotten. */
  readonly status: (id: string) => JobStatus | undefined;
  readonly stats: () => BatcherStats;
  /** Take no more jobs, and wait up to `drainMs` for those there are; what is not done then fails. */
  readonly close: () => Promise<void>;
}

export interface JobQueueOptions {
  /** Runs a job; its failure is the job's. */
  readonly run: (job: Job, signal: AbortSignal) => Promise<unknown>;
  /** Before the number in ids, so that those of several processes differ. @default '' */
  readonly idPrefix?: string;
}

type QueueConfig = Pick<ServerConfig, 'maxQueuedJobs' | 'workerThreads' | 'drainMs'>;

interface Entry {
  status: JobStatus;
  readonly job: Job;
}

/** Finished jobs are remembered for so long. */
const rememberMs = 600_000;

export function createJobQueue(
  config: QueueConfig,
  { run, idPrefix = '' }: JobQueueOptions,
  { now, timers }: Pick<Ports, 'now' | 'timers'>,
): JobQueue {
  const { maxQueuedJobs } = config;
  // Those that wait or run, and those that are done: only the latter may be forgotten.
  const current = new Map<string, Entry>();
  const finished = createLruCache<string, JobStatus>({ max: maxQueuedJobs, ttl: rememberMs, now });
  const stop = new AbortController();
  let ids = 0;
  let closed = false;
  const queue = createBatcher<Entry, unknown>({
    maxBatchSize: 1,
    maxQueue: maxQueuedJobs,
    concurrency: config.workerThreads,
    signal: stop.signal,
    now,
    timers,
    handler: async ([entry], { signal }) => {
      if (entry === undefined) return [];
      entry.status = { ...entry.status, state: 'running' };
      return [await run(entry.job, signal)];
    },
  });
  const finish = (entry: Entry, end: Pick<JobStatus, 'state' | 'result' | 'error'>): void => {
    current.delete(entry.status.id);
    finished.set(entry.status.id, { ...entry.status, ...end });
  };
  const follow = async (entry: Entry, result: Promise<unknown>): Promise<void> => {
    try {
      finish(entry, { state: 'done', result: await result });
    } catch (error) {
      finish(entry, { state: 'failed', error: error instanceof Error ? error.message : String(error) });
    }
  };
  return {
    add({ job, priority }) {
      const { queued } = queue.stats();
      if (closed) throw new BatcherClosedError();
      if (queued >= maxQueuedJobs) throw new QueueFullError(maxQueuedJobs);
      const id = `job-${idPrefix}${++ids}`;
      const entry: Entry = { status: { id, kind: job.kind, priority, state: 'queued' }, job };
      current.set(id, entry);
      void follow(entry, queue.add(entry, { priority }));
      return entry.status;
    },
    status: (id) => current.get(id)?.status ?? finished.get(id),
    stats: () => queue.stats(),
    async close() {
      closed = true;
      const timer = timers.setTimeout(
        () => stop.abort(new Error('the server stopped before the job was done')),
        config.drainMs,
      );
      await queue.close();
      timers.clearTimeout(timer);
    },
  };
}
