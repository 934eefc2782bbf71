import { createDeduplicator } from 'perfkit/compressor';
import { createDocuments } from './documents.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';

const length = 2 ** 18;
const duplicateShare = 0.4;
/** A duplicate is of one of the last so many different documents: within the 10,000 that are remembered. */
const window = 8_000;
const templates = 64;

/** A stream in which 40 % of the documents came before, into a deduplicator that remembers 10,000. */
export function createDeduplication(
  _options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): ScenarioSubject {
  let fresh = 0;
  const stream = Uint32Array.from({ length }, () =>
    fresh > 0 && random.next() < duplicateShare ? fresh - 1 - random.int(Math.min(fresh, window)) : fresh++,
  );
  const documents = createDocuments('json', templates, workload.valueBytes, random).map((one) =>
    Buffer.from(one),
  );
  const [first] = documents;
  if (first === undefined) throw new Error('Expected documents, got none');
  const deduplicator = createDeduplicator({ maxEntries: 10_000 });
  let start = deduplicator.stats();
  return {
    operations: {
      put: (index) => {
        // When the stream begins again its documents are new ones.
        const number = (stream[index % length] ?? 0) + Math.floor(index / length) * length;
        const document = documents[number % templates] ?? first;
        document.writeUInt32LE(number, 0);
        return deduplicator.put(document);
      },
    },
    measuring: () => {
      start = deduplicator.stats();
    },
    metrics: () => {
      const { givenBytes, storedBytes } = deduplicator.stats();
      const given = givenBytes - start.givenBytes;
      return given === 0 ? {} : { saved: 1 - (storedBytes - start.storedBytes) / given };
    },
  };
}
