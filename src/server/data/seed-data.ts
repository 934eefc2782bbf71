import type { Pattern, Store, TunedDatabase } from '../../components/store/index.ts';
import type { Corpus } from '../work/corpus.ts';

/** When seeded rows were made, in milliseconds since 1970: the same in every database. */
const seededAtMs = 1_760_000_000_000;

/** `record-00000042` */
export function seededRecordId(index: number): string {
  return `record-${String(index).padStart(8, '0')}`;
}

/** `pattern-00000042` */
export function seededPatternId(index: number): string {
  return `pattern-${String(index).padStart(8, '0')}`;
}

/** Fill an empty table of records with `count` of them, some 250 bytes each, versions 1 to `count`. One transaction. */
export function seedRecords(database: TunedDatabase, corpus: Corpus, count: number): void {
  if (count === 0 || database.get('SELECT 1 FROM records LIMIT 1') !== undefined) return;
  database.transaction(
    () => {
      for (let index = 0; index < count; index++) {
        const { text, topic } = textOf(corpus, index);
        const value = JSON.stringify({ kind: 'memory', topic, text, strength: (index % 100) / 100 });
        database.run(
          'INSERT INTO records (id, version, deleted, value) VALUES (?, ?, 0, ?)',
          seededRecordId(index),
          index + 1,
          value,
        );
      }
    },
    () => count,
  );
}

const types = ['observation', 'preference', 'routine', 'conversation', 'correction'] as const;
const patternsAtOnce = 2_000;

/**
 * Fill an empty store with `count` patterns, the last ones first: so one that has some and not the first was cut short
 * (killed, a full disk), and is filled again.
 */
export async function seedPatterns(store: Store, corpus: Corpus, count: number): Promise<void> {
  if (count === 0 || (await store.get(seededPatternId(0))) !== undefined) return;
  // Without the very last one, what is there are a client's.
  if ((await store.count()) > 0 && (await store.get(seededPatternId(count - 1))) === undefined) return;
  for (let end = count; end > 0; end -= patternsAtOnce) {
    const start = Math.max(0, end - patternsAtOnce);
    const length = end - start;
    await store.putMany(Array.from({ length }, (_, offset) => seededPattern(corpus, start + offset)));
  }
}

function seededPattern(corpus: Corpus, index: number): Pattern {
  const { text, topic } = textOf(corpus, index);
  return {
    id: seededPatternId(index),
    type: types[index % types.length] ?? types[0],
    domain: topic,
    confidence: ((index * 7919) % 1_000) / 1_000,
    usageCount: Math.ceil(10_000 / (index + 1)),
    createdAtMs: seededAtMs + index * 1_000,
    updatedAtMs: seededAtMs + index * 1_000,
    lastUsedAtMs: null,
    body: Buffer.from(JSON.stringify({ text, source: 'seed' })),
  };
}

function textOf(corpus: Corpus, index: number): { readonly text: string; readonly topic: string } {
  const { passages, topics } = corpus;
  const passage = passages[index % passages.length];
  const sentences = passage?.sentences ?? [];
  const at = Math.floor(index / passages.length) % Math.max(1, sentences.length);
  return {
    text: `${sentences[at] ?? ''} ${sentences[(at + 1) % sentences.length] ?? ''}`,
    topic: topics[passage?.topic ?? 0]?.name ?? '',
  };
}
