import { createCompressor } from 'perfkit/compressor';
import { createPayloadCodec, parseSyncReply, printSyncReply } from 'perfkit/sync';
import type { SyncReply } from 'perfkit/sync';
import { choiceOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { createStateRecords, recordId } from './state-records.ts';

const forms = ['indented', 'minified', 'gzip', 'brotli', 'zstd'] as const;
const distinct = 8;

/**
 * Replies with `keys` changed records, from what the server has to bytes and back to what the client has. Options: form
 * (indented, minified, or minified and compressed with gzip, brotli or zstd) and level. `wire_bytes` is the mean of the
 * replies, whatever the number of calls.
 */
export async function createWire(
  options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): Promise<ScenarioSubject> {
  const form = choiceOption(options, 'form', forms);
  const make = createStateRecords(random);
  const replies = Array.from({ length: distinct }, (_, page): SyncReply => {
    const version = page * workload.keys;
    return {
      cursor: { epoch: '0123456789ab', version: version + workload.keys, base: 0 },
      full: false,
      more: false,
      outcomes: [],
      records: Array.from({ length: workload.keys }, (_unused, index) => ({
        recordId: recordId(random.int(10_000)),
        version: version + index + 1,
        json: JSON.stringify(make(index)),
      })),
    };
  });
  const compressor =
    form === 'indented' || form === 'minified'
      ? {}
      : { compressor: createCompressor({ codec: form, ...levelOf(options) }) };
  const codec = createPayloadCodec(compressor);
  const print =
    form === 'indented'
      ? (reply: SyncReply) => JSON.stringify(JSON.parse(printSyncReply(reply)), null, 2)
      : printSyncReply;
  let bytes = 0;
  for (const reply of replies) {
    const payload = await codec.encode(print(reply));
    bytes += payload.byteLength;
    const back = parseSyncReply(await codec.decode(payload));
    if (printSyncReply(back) !== printSyncReply(reply)) throw new Error('Expected the reply that was sent');
  }
  return {
    operations: {
      async carry(index) {
        const reply = replies[index % distinct];
        return reply && parseSyncReply(await codec.decode(await codec.encode(print(reply))));
      },
    },
    metrics: () => ({ wire_bytes: bytes / distinct }),
  };
}

function levelOf(options: Readonly<Record<string, unknown>>): { readonly level?: number } {
  return options['level'] === undefined ? {} : { level: numberOption(options, 'level', 6) };
}
