import type { SeededRandom } from './scenario-context.ts';
import { createWords, pick } from './words.ts';

export type DocumentKind = 'json' | 'prose';

const kinds = ['observation', 'preference', 'routine', 'conversation', 'correction'] as const;
const sources = ['chat', 'import', 'voice', 'mail'] as const;

/**
 * Seeded pattern documents, exactly `bytes` bytes of ASCII each. JSON: records with identifiers, numbers and times that
 * do not repeat, enumerated fields that do, and a few sentences. Prose: sentences alone.
 */
export function createDocuments(
  kind: DocumentKind,
  count: number,
  bytes: number,
  random: SeededRandom,
): Uint8Array[] {
  const word = createWords(random);
  const next = kind === 'json' ? () => record(random, word) : () => `${sentence(random, word)} `;
  return Array.from({ length: count }, () => {
    const parts: string[] = [];
    for (let length = 0; length < bytes;) {
      const part = next();
      parts.push(part);
      length += part.length;
    }
    return Uint8Array.from(Buffer.from(parts.join('').slice(0, bytes), 'latin1'));
  });
}

function record(random: SeededRandom, word: () => string): string {
  const created = 1_700_000_000_000 + random.int(30_000_000) * 1_000;
  const sentences = Array.from({ length: 2 + random.int(3) }, () => sentence(random, word));
  return `${JSON.stringify({
    id: `pat_${hexadecimal(random)}${hexadecimal(random)}`,
    type: pick(kinds, random),
    confidence: Math.round(random.next() * 1e4) / 1e4,
    usageCount: random.int(500),
    createdAt: new Date(created).toISOString(),
    updatedAt: new Date(created + random.int(1_000_000) * 1_000).toISOString(),
    tags: Array.from({ length: 1 + random.int(4) }, word),
    context: {
      user: `user-${random.int(2_000)}`,
      source: pick(sources, random),
      verified: random.int(2) === 0,
    },
    text: sentences.join(' '),
  })}\n`;
}

function hexadecimal(random: SeededRandom): string {
  return random
    .int(2 ** 32)
    .toString(16)
    .padStart(8, '0');
}

function sentence(random: SeededRandom, word: () => string): string {
  const words = Array.from({ length: 6 + random.int(14) }, word).join(' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
