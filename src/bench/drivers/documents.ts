import type { Random } from '../../measure/random.ts';
import { createZipf } from '../../measure/zipf.ts';

const vowels = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou', 'io'];
const consonants = [
  'b',
  'c',
  'd',
  'f',
  'g',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'v',
  'st',
  'tr',
  'ch',
  'th',
  'nt',
];
const kinds = ['observation', 'preference', 'routine', 'conversation', 'correction'];
const vocabularySize = 4_000;

/**
 * Seeded JSON records as an application stores them: identifiers and numbers that do not repeat, enumerated fields
 * that do, and prose. The prose draws made-up words from a vocabulary of 4,000 by Zipf's law (exponent 1), which gives
 * it the redundancy of natural text. Deflate at level 6 saves 46 % of a document of 1 KiB, 65 % of 16 KiB and 70 % of
 * 1 MiB; of English prose (alice29 of the Canterbury corpus) it saves 46 %, 59 % and, of the whole 148 KiB, 64 %.
 * Each document has exactly `bytes` bytes (ASCII); records are joined by newlines and the last one is cut.
 */
export function createDocuments(count: number, bytes: number, random: Random): Uint8Array[] {
  const word = wordSource(random);
  return Array.from({ length: count }, (_, index) => {
    const records: string[] = [];
    for (let length = 0; length < bytes;) {
      const record = `${createRecord(index * 1_000 + records.length, random, word)}\n`;
      records.push(record);
      length += record.length;
    }
    return Buffer.from(records.join('').slice(0, bytes), 'latin1');
  });
}

function createRecord(id: number, random: Random, word: () => string): string {
  const created = 1_700_000_000_000 + id * 61_000 + random.int(60_000);
  const sentences = Array.from({ length: 3 + random.int(4) }, () => sentence(random, word));
  return JSON.stringify({
    id: `pat_${random.uint32().toString(16).padStart(8, '0')}${random.uint32().toString(16).padStart(8, '0')}`,
    type: kinds[random.int(kinds.length)],
    confidence: Math.round(random.next() * 1e4) / 1e4,
    usageCount: random.int(500),
    createdAt: new Date(created).toISOString(),
    tags: Array.from({ length: 1 + random.int(4) }, word),
    context: {
      user: `user-${random.int(2_000)}`,
      session: random.uint32(),
      source: random.int(3) === 0 ? 'import' : 'chat',
    },
    text: sentences.join(' '),
  });
}

/** Words by Zipf's law, the frequent ones shorter, as in any language. */
function wordSource(random: Random): () => string {
  const vocabulary = Array.from({ length: vocabularySize }, (_, rank) => {
    const syllables = 1 + random.int(rank < 100 ? 2 : 4);
    return Array.from({ length: syllables }, () => pick(consonants, random) + pick(vowels, random)).join('');
  });
  const rank = createZipf(vocabularySize, 1, random);
  return () => vocabulary[rank() - 1] ?? '';
}

function sentence(random: Random, word: () => string): string {
  const words = Array.from({ length: 6 + random.int(14) }, word).join(' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function pick(items: readonly string[], random: Random): string {
  return items[random.int(items.length)] ?? '';
}
