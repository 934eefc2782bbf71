import { extname } from 'node:path';
import { createWorkerPool } from '../../components/pool/index.ts';
import type { WorkerPoolStats } from '../../components/pool/index.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { findLikePairs } from './job-tasks.ts';
import type { JobData } from './job-tasks.ts';
import type { Job } from './job.ts';
import type { Answerer } from '../work/answerer.ts';

/** Does what a job says, in a thread or here. */
export interface JobRunner {
  /** The job's result: an Answer or pairs of texts. Rejects with what the work threw or the signal's reason. */
  readonly run: (job: Job, signal: AbortSignal) => Promise<unknown>;
  /** null without threads. */
  readonly stats: () => WorkerPoolStats | null;
  readonly close: () => Promise<void>;
}

/** Threads start when they are needed. Without them the work holds up every request meanwhile: what threads are compared with. */
export function createJobRunner(
  { workers, workerThreads }: Pick<ServerConfig, 'workers' | 'workerThreads'>,
  data: JobData,
  answerer: Answerer,
): JobRunner {
  if (!workers) {
    return {
      run: async (job) => (job.kind === 'answer' ? answerer.answer(job.question) : findLikePairs(job.texts)),
      stats: () => null,
      close: async () => undefined,
    };
  }
  const pool = createWorkerPool({
    module: new URL(`./job-tasks${extname(import.meta.url)}`, import.meta.url),
    workerData: data,
    maxThreads: workerThreads,
    name: 'background jobs',
  });
  return {
    run: (job, signal) =>
      job.kind === 'answer'
        ? pool.run(job.question, { name: 'answerQuestion', signal })
        : pool.run(job.texts, { name: 'findLikePairs', signal }),
    stats: () => pool.stats(),
    close: () => pool.destroy(),
  };
}
