import { createWords, pick } from '../patterns/words.ts';
import type { SeededRandom } from '../patterns/scenario-context.ts';

/** A record that devices of a user keep a copy of: a state, a memory, a permission or a preference. */
export interface StateRecord {
  readonly kind: string;
  readonly owner: string;
  readonly updatedAt: string;
  readonly revision: number;
  readonly levels: Readonly<Record<string, number>>;
  readonly tags: readonly string[];
  readonly device: { readonly id: string; readonly platform: string; readonly permitted: boolean };
  readonly note: string;
}

const kinds = ['limbic', 'memory', 'permission', 'preference', 'heritage'] as const;
const platforms = ['android', 'ios', 'web'] as const;
const dimensions = ['valence', 'arousal', 'trust', 'fatigue', 'curiosity'] as const;

export function recordId(index: number): string {
  return `record-${String(index).padStart(6, '0')}`;
}

/** Seeded records of about 500 bytes of JSON: names that repeat, numbers, times and ids that do not, and some prose. */
export function createStateRecords(random: SeededRandom): (revision: number) => StateRecord {
  const word = createWords(random);
  return (revision) => ({
    kind: pick(kinds, random),
    owner: `user-${random.int(2_000)}`,
    updatedAt: new Date(1_750_000_000_000 + random.int(2_000_000) * 1_000).toISOString(),
    revision,
    levels: Object.fromEntries(dimensions.map((name) => [name, Math.round(random.next() * 1e4) / 1e4])),
    tags: Array.from({ length: 1 + random.int(4) }, word),
    device: {
      id: random.int(2 ** 32).toString(16),
      platform: pick(platforms, random),
      permitted: random.int(2) === 0,
    },
    note: Array.from({ length: 12 + random.int(20) }, word).join(' '),
  });
}
