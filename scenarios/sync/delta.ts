import { createMemoryChangeLog, createPayloadCodec, createSyncClient, createSyncServer } from 'perfkit/sync';
import { flagOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { createStateRecords, recordId } from './state-records.ts';

/**
 * A client's copy of `keys` records is brought up to date after `changed` of them changed, and again when nothing has.
 * Option delta: without it everything is fetched each time. Plain JSON, so that bytes are those of the records. After
 * each sync a record that changed is compared.
 */
export async function createDelta(
  options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): Promise<ScenarioSubject> {
  const changed = numberOption(options, 'changed', Math.ceil(workload.keys / 100));
  const isDelta = flagOption(options, 'delta', true);
  const make = createStateRecords(random);
  const log = createMemoryChangeLog();
  let sequence = 0;
  const change = (index: number): void => {
    const json = JSON.stringify(make(sequence));
    log.append('server', [{ sequence: ++sequence, recordId: recordId(index), json, baseVersion: null }]);
  };
  for (let index = 0; index < workload.keys; index++) change(index);
  const codec = createPayloadCodec();
  const server = createSyncServer({ log, codec });
  const client = createSyncClient({ transport: (body) => server.handle(body), codec });
  await client.sync();

  const sums = { syncs: 0, bytes: 0, idleSyncs: 0, idleBytes: 0 };
  const sync = async (): Promise<number> => {
    if (!isDelta) client.restart();
    return (await client.sync()).bytesReceived;
  };
  return {
    operations: {
      async changed() {
        let last = 0;
        for (let count = 0; count < changed; count++) change((last = random.int(workload.keys)));
        sums.bytes += await sync();
        sums.syncs++;
        if (JSON.stringify(client.get(recordId(last))) !== log.get(recordId(last))?.json) {
          throw new Error(`Expected ${recordId(last)} as the server has it`);
        }
      },
      async unchanged() {
        sums.idleBytes += await sync();
        sums.idleSyncs++;
      },
    },
    measuring: () => Object.assign(sums, { syncs: 0, bytes: 0, idleSyncs: 0, idleBytes: 0 }),
    metrics: () => ({
      bytes_per_sync: sums.bytes / Math.max(1, sums.syncs),
      unchanged_bytes: sums.idleBytes / Math.max(1, sums.idleSyncs),
    }),
    close: () => log.close(),
  };
}
