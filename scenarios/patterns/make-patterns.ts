import type { Pattern } from 'perfkit/store';
import { createDocuments } from './documents.ts';
import type { SeededRandom } from './scenario-context.ts';

export const types = ['observation', 'preference', 'routine', 'conversation', 'correction'] as const;
export const domains: readonly string[] = Array.from({ length: 20 }, (_, index) => `domain-${index}`);
const firstCreatedMs = 1_700_000_000_000;
/** Texts are drawn from so many, each then stamped with its pattern's number: making 100,000 would take seconds. */
const distinctBodies = 512;

export function patternId(index: number): string {
  return `pattern:${String(index).padStart(8, '0')}`;
}

export interface MakeOptions {
  /** Use counts fall with the number of the pattern, as Zipf's law has it; else they are random. @default false */
  readonly byPopularity?: boolean;
}

/** Seeded patterns with values all over their ranges, a quarter of them never used; `bodyBytes` of JSON each. */
export function* makePatterns(
  count: number,
  bodyBytes: number,
  random: SeededRandom,
  { byPopularity = false }: MakeOptions = {},
): Generator<Pattern, void, undefined> {
  const bodies = createDocuments('json', Math.min(distinctBodies, count), bodyBytes, random);
  for (let index = 0; index < count; index++) {
    const used = random.int(4) === 0 ? 0 : 1 + random.int(500);
    const usageCount = byPopularity ? Math.ceil((10 * count) / (index + 1)) : used;
    const createdAtMs = firstCreatedMs + random.int(30_000_000) * 1_000;
    const updatedAtMs = createdAtMs + random.int(1_000_000) * 1_000;
    yield {
      id: patternId(index),
      type: types[random.int(types.length)] ?? types[0],
      domain: domains[random.int(domains.length)] ?? '',
      confidence: Math.round(random.next() * 1e4) / 1e4,
      usageCount,
      createdAtMs,
      updatedAtMs,
      lastUsedAtMs: usageCount === 0 ? null : updatedAtMs,
      body: stamped(bodies[index % bodies.length] ?? new Uint8Array(bodyBytes), index),
    };
  }
}

function stamped(body: Uint8Array, index: number): Uint8Array {
  const copy = body.slice();
  // In the identifier of the record, so that it stays JSON.
  for (let at = 0, rest = index; at < 6 && at + 12 < copy.length; at++, rest = Math.floor(rest / 10)) {
    copy[at + 11] = 48 + (rest % 10);
  }
  return copy;
}
