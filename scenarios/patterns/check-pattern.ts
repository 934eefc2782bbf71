import type { Pattern } from 'perfkit/store';

const longestName = 512;

/**
 * What a store would refuse has to be refused before it is acknowledged: in the journal it would hold up every batch
 * after it. Throws TypeError or RangeError that names the field.
 */
export function checkPattern(pattern: Pattern): void {
  // One expression for those that are good: this runs for each write.
  if (isPattern(pattern)) return;
  const { id, type, domain, confidence, usageCount, body } = pattern;
  for (const [name, value] of Object.entries({ id, type, domain })) {
    if (isName(value)) continue;
    throw new TypeError(
      `Expected \`pattern.${name}\` to be 1 to ${longestName} characters of well-formed text without NUL, got \`${value}\``,
    );
  }
  if (!isShare(confidence)) {
    throw new RangeError(`Expected \`pattern.confidence\` to be between 0 and 1, got \`${confidence}\``);
  }
  if (!isCount(usageCount)) {
    throw new RangeError(
      `Expected \`pattern.usageCount\` to be a whole number from 0, got \`${usageCount}\``,
    );
  }
  if (!(body instanceof Uint8Array)) throw new TypeError('Expected `pattern.body` to be a Uint8Array');
  const { createdAtMs, updatedAtMs, lastUsedAtMs } = pattern;
  throw new RangeError(
    `Expected the times of a pattern to be finite numbers, the last use also null, got created ${createdAtMs}, updated ${updatedAtMs}, used ${lastUsedAtMs}`,
  );
}

// hot path
function isPattern(pattern: Pattern): boolean {
  return (
    isName(pattern.id) &&
    isName(pattern.type) &&
    isName(pattern.domain) &&
    isShare(pattern.confidence) &&
    isCount(pattern.usageCount) &&
    Number.isFinite(pattern.createdAtMs) &&
    Number.isFinite(pattern.updatedAtMs) &&
    (pattern.lastUsedAtMs === null || Number.isFinite(pattern.lastUsedAtMs)) &&
    pattern.body instanceof Uint8Array
  );
}

/** A lone surrogate has no UTF-8: two such names could become one. */
function isName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > longestName) return false;
  return !value.includes('\0') && value.isWellFormed();
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
