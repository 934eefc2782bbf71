import { extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createBatcher } from 'perfkit/batcher';
import { createWorkerPool } from 'perfkit/pool';
import { flagOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { findLikest } from './heavy-job.ts';
import type { HeavyJob } from './heavy-job.ts';
import { createStateRecords, recordId } from './state-records.ts';

const queued = 1_000;
const records = 600;
const dimensions = 64;
/** Of so many jobs one is important. */
const highEvery = 10;

/**
 * The operation of an API (parse a request, look up, answer) while 1,000 heavy jobs are queued, each replaced when it is
 * done. Option threads: jobs run in a worker thread; else between operations in this one. `overtaken` is the mean
 * share of the less important jobs before it that an important one overtook.
 */
export function createBackgroundJobs(
  options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): ScenarioSubject {
  const job: HeavyJob = {
    vectors: Float32Array.from({ length: records * dimensions }, () => random.next() - 0.5),
    dimensions,
  };
  const expected = findLikest(job).join();
  const pool = flagOption(options, 'threads', true)
    ? createWorkerPool({
        module: new URL(`./heavy-job${extname(import.meta.url)}`, import.meta.url),
        maxThreads: 1,
        name: 'background jobs',
      })
    : null;
  const stop = new AbortController();
  const queue = createBatcher<HeavyJob, unknown>({
    maxBatchSize: 1,
    maxQueue: 2 * queued,
    signal: stop.signal,
    handler: async ([one], { signal }) => {
      if (one === undefined) return [];
      if (pool !== null) return [await pool.run(one, { name: 'findLikest', signal })];
      await setImmediate();
      return [findLikest(one)];
    },
  });
  const counts = { added: 0, lowWaiting: 0, lowDone: 0, high: 0, overtaken: 0, done: 0 };
  let failure: unknown = null;
  const add = async (isHigh: boolean): Promise<void> => {
    const before = { waiting: counts.lowWaiting, done: counts.lowDone };
    if (!isHigh) counts.lowWaiting++;
    try {
      const result = await queue.add(job, { priority: isHigh ? 'high' : 'low' });
      if (String(result) !== expected)
        throw new Error(`Expected the pair ${expected}, got ${String(result)}`);
    } catch (error) {
      if (!stop.signal.aborted) failure ??= error;
      return;
    }
    counts.done++;
    if (isHigh) {
      counts.high++;
      counts.overtaken += 1 - (counts.lowDone - before.done) / Math.max(1, before.waiting);
    } else {
      counts.lowWaiting--;
      counts.lowDone++;
    }
    // The queue stays as long as it is.
    void add(counts.added++ % highEvery === 0);
  };
  for (let count = 0; count < queued; count++) void add(counts.added++ % highEvery === 0);

  const make = createStateRecords(random);
  const table = new Map(Array.from({ length: workload.keys }, (_, index) => [recordId(index), make(index)]));
  const requests = Array.from({ length: 256 }, () =>
    JSON.stringify({ id: recordId(random.int(workload.keys)) }),
  );
  return {
    operations: {
      async api(index) {
        // A turn of the event loop, as a request that comes through a socket takes.
        await setImmediate();
        if (failure !== null) throw failure;
        const request: unknown = JSON.parse(requests[index % requests.length] ?? '{}');
        if (typeof request !== 'object' || request === null || !('id' in request))
          throw new Error('Expected an id');
        const record = table.get(String(request.id));
        if (record === undefined) throw new Error(`Expected the record ${String(request.id)}`);
        return JSON.stringify(record);
      },
    },
    measuring: () => Object.assign(counts, { high: 0, overtaken: 0, done: 0 }),
    metrics: () => ({
      jobs_queued: queue.stats().queued,
      jobs_done: counts.done,
      overtaken: counts.overtaken / Math.max(1, counts.high),
    }),
    close: async () => {
      stop.abort(new Error('The measurement is over.'));
      await queue.close();
      await pool?.destroy();
    },
  };
}
