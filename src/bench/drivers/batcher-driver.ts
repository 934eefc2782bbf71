import { createHash } from 'node:crypto';
import { createBatcher } from '../../components/batcher/index.ts';
import type { BatcherStats } from '../../components/batcher/index.ts';
import type { Driver } from '../subjects/driver.ts';
import { createDocuments } from './documents.ts';
import { OptionReader } from './read-options.ts';

const records = 1_024;

interface Item {
  readonly id: number;
  readonly body: string;
}

/**
 * The toolkit's batcher in front of a sink that does what a log or a bulk insert does: serialise the batch as one JSON
 * document and hash it (SHA-256); every item gets the digest of its batch. Options: maxBatchSize (default 100),
 * maxWait (default "5ms"), sinks (batches at work at once, default 1), maxQueue. Operations: add (the default; through
 * the batcher) and direct (the same sink for one item, without a batcher).
 */
export const batcherDriver: Driver = {
  create({ options, workload, random }) {
    const reader = new OptionReader('batcher', options);
    const maxBatchSize = reader.integer('maxBatchSize', { min: 1, max: 100_000, default: 100 });
    const maxWaitNs = reader.durationNs('maxWait', 5e6);
    const sinks = reader.integer('sinks', { min: 1, max: 1_000, default: 1 });
    const maxQueue = reader.integer('maxQueue', { min: 1, max: 10_000_000, default: 100_000 });
    reader.end();
    const items = createDocuments(records, Math.max(workload.valueBytes, 1), random).map(
      (document, id): Item => ({ id, body: Buffer.from(document).toString('latin1') }),
    );
    const batcher = createBatcher<Item, string>({
      handler: (batch) => {
        const digest = store(batch);
        return batch.map(() => digest);
      },
      maxBatchSize,
      maxWaitMs: maxWaitNs / 1e6,
      maxQueue: Math.max(maxQueue, maxBatchSize),
      concurrency: sinks,
    });
    let start = batcher.stats();
    return {
      operations: {
        add: (index) => batcher.add(items[index & (records - 1)]!),
        direct: (index) => store([items[index & (records - 1)]!]),
      },
      mix: { add: 1 },
      measuring: () => {
        start = batcher.stats();
      },
      metrics: () => batchMetrics(start, batcher.stats()),
      close: () => batcher.close(),
    };
  },
};

function store(batch: readonly Item[]): string {
  return createHash('sha256').update(JSON.stringify(batch)).digest('base64');
}

function batchMetrics(start: BatcherStats, end: BatcherStats): Record<string, number> {
  const flushes = end.batches - start.batches;
  const handled = end.completed + end.failed - start.completed - start.failed;
  return flushes > 0 ? { flushes, batch_items: handled / flushes } : { flushes };
}
