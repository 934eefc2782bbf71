import type { Pattern } from 'perfkit/store';

/** Written out, so that all patterns of the system have one hidden class. */
export function withConfidence(known: Pattern, confidence: number): Pattern {
  const { id, type, domain, usageCount, createdAtMs, updatedAtMs, lastUsedAtMs, body } = known;
  return { id, type, domain, confidence, usageCount, createdAtMs, updatedAtMs, lastUsedAtMs, body };
}
