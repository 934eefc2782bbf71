import type { Pattern } from 'perfkit/store';
import { createDocuments } from './documents.ts';
import type { SeededRandom } from './scenario-context.ts';

export const types = ['observation', 'preference', 'routine', 'conversation', 'correction'] as const;
export const domains: readonly string[] = Array.from({ length: 20 }, (_, index) => `domain-${index}`);
const firstCreatedMs = 1_700_000_000_000;
/** Texts are drawn from so many, each then stamped with its pattern's number: making 100,000 would take seconds. */
const distinctBodies = 512;

/** By way of bytes: a text that was put together stays a tree of its parts in V8, three times the memory. */
export function patternId(index: number): string {
  return Buffer.from(`pattern:${String(index).padStart(8, '0')}`, 'latin1').toString('latin1');
}

export interface MakeOptions {
  /** Use counts fall with the number of the pattern, as Zipf's law has it; else they are random. @default false */
  readonly byPopularity?: boolean;
}

/** What a pattern is and stays, by its number alone. */
export function kindOf(index: number, id: string): Pick<Pattern, 'id' | 'type' | 'domain' | 'createdAtMs'> {
  const bits = scramble(index);
  return {
    id,
    type: types[bits % types.length] ?? types[0],
    domain: domains[(bits >>> 8) % domains.length] ?? '',
    createdAtMs: firstCreatedMs + (bits % 30_000_000) * 1_000,
  };
}

/** As Zipf's law has it. */
export function popularity(index: number, count: number): number {
  return Math.ceil((10 * count) / (index + 1));
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
    const usageCount = byPopularity ? popularity(index, count) : used;
    const kind = kindOf(index, patternId(index));
    const updatedAtMs = kind.createdAtMs + random.int(1_000_000) * 1_000;
    yield {
      ...kind,
      confidence: Math.round(random.next() * 1e4) / 1e4,
      usageCount,
      updatedAtMs,
      lastUsedAtMs: usageCount === 0 ? null : updatedAtMs,
      body: stamped(bodies[index % bodies.length] ?? new Uint8Array(bodyBytes), index),
    };
  }
}

/** A number of 32 bits that looks random (the finalizer of MurmurHash3, Appleby 2011). */
function scramble(index: number): number {
  let bits = index ^ (index >>> 16);
  bits = Math.imul(bits, 0x85eb_ca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function stamped(body: Uint8Array, index: number): Uint8Array {
  const copy = body.slice();
  // In the identifier of the record, so that it stays JSON.
  for (let at = 0, rest = index; at < 6 && at + 12 < copy.length; at++, rest = Math.floor(rest / 10)) {
    copy[at + 11] = 48 + (rest % 10);
  }
  return copy;
}
