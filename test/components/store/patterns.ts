import type { Pattern } from '../../../src/components/store/index.ts';
import { createRandom } from '../../../src/measure/random.ts';

/** A pattern in which the test fills in what matters. */
export function patternOf(id: string, fields: Partial<Pattern> = {}): Pattern {
  return {
    id,
    type: 'routine',
    domain: 'home',
    confidence: 0.5,
    usageCount: 1,
    createdAtMs: 1_700_000_000_000,
    updatedAtMs: 1_700_000_000_000,
    lastUsedAtMs: null,
    body: Buffer.from(`body of ${id}`),
    ...fields,
  };
}

/** Patterns with values all over their ranges. */
export function manyPatterns(count: number, seed = 1): Pattern[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const usageCount = random.int(4) === 0 ? 0 : random.int(500);
    const createdAtMs = 1_700_000_000_000 + random.int(1_000_000) * 1_000;
    return patternOf(`pattern-${index}`, {
      type: `type-${random.int(5)}`,
      domain: `domain-${random.int(20)}`,
      confidence: Math.round(random.next() * 1e4) / 1e4,
      usageCount,
      createdAtMs,
      updatedAtMs: createdAtMs + random.int(1_000_000),
      lastUsedAtMs: usageCount === 0 ? null : createdAtMs + random.int(2_000_000),
      body: Buffer.alloc(100 + random.int(100), index & 255),
    });
  });
}

/** With plain Uint8Array bodies, for comparing what stores give back. */
export function plain(pattern: Pattern | undefined): unknown {
  return pattern && { ...pattern, body: [...pattern.body] };
}
