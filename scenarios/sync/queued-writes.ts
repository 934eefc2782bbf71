import { join } from 'node:path';
import { createBatcher } from 'perfkit/batcher';
import { openSqliteChangeLog } from 'perfkit/sync';
import { createTemporaryFolder } from '../patterns/temporary-folder.ts';
import { flagOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { createStateRecords, recordId } from './state-records.ts';

const batchRows = 1_000;
const distinct = 1_024;

/**
 * Changes of records, each acknowledged when the disk has it. Option queued: put together by a batcher, up to 1,000 in a
 * transaction, handed over when 1,000 wait or after 5 ms; else a transaction each.
 */
export function createQueuedWrites(
  options: Readonly<Record<string, unknown>>,
  { workload, random, keySequence }: ScenarioContext,
): ScenarioSubject {
  const folder = createTemporaryFolder();
  const log = openSqliteChangeLog({ path: join(folder.path, 'changes.db'), durability: 'power' });
  const make = createStateRecords(random);
  const values = Array.from({ length: distinct }, (_, index) => JSON.stringify(make(index)));
  const ids = Array.from({ length: workload.keys }, (_, index) => recordId(index));
  const keys = keySequence();
  const mask = keys.length - 1;
  let sequence = 0;
  const append = (indexes: readonly number[]): number[] =>
    log
      .append(
        'device',
        indexes.map((index) => ({
          sequence: ++sequence,
          recordId: ids[keys[index & mask] ?? 0] ?? '',
          json: values[index % distinct] ?? '{}',
          baseVersion: null,
        })),
      )
      .map(({ version }) => version);
  const close = (): void => {
    log.close();
    folder.remove();
  };
  if (!flagOption(options, 'queued', true)) {
    return { operations: { write: (index) => append([index])[0] }, close };
  }
  const batcher = createBatcher<number, number>({
    maxBatchSize: batchRows,
    maxWaitMs: 5,
    handler: async (indexes) => append(indexes),
  });
  return {
    operations: { write: (index) => batcher.add(index) },
    metrics: () => ({ batch_items: batcher.stats().meanBatchSize }),
    close: async () => {
      await batcher.close();
      close();
    },
  };
}
