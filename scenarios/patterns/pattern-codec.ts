import type { Pattern } from 'perfkit/store';

const fixedBytes = 5 * 8 + 3 * 2;
/** Stands for null: times are finite. */
const noTime = NaN;
/** Up to so many characters a loop is faster than a call into C++. */
const shortText = 48;

/**
 * A pattern as bytes, for levels and journal: five doubles (confidence, usage count, three times), the lengths of id,
 * type and domain (16 bits), these in UTF-8, then the body. Little-endian. A tenth of the time of JSON, which would have
 * to escape the body.
 */
export function encodePattern(pattern: Pattern): Uint8Array {
  const out = Buffer.allocUnsafe(mostPatternBytes(pattern));
  return out.subarray(0, writePattern(pattern, out, 0));
}

/** No pattern takes more bytes: a UTF-16 unit is at most three in UTF-8. */
export function mostPatternBytes({ id, type, domain, body }: Pattern): number {
  return fixedBytes + 3 * (id.length + type.length + domain.length) + body.byteLength;
}

/** Into a buffer that has room for `mostPatternBytes` from `at` on. Gives where the pattern ends. */
// hot path
export function writePattern(pattern: Pattern, out: Buffer, at: number): number {
  out.writeDoubleLE(pattern.confidence, at);
  out.writeDoubleLE(pattern.usageCount, at + 8);
  out.writeDoubleLE(pattern.createdAtMs, at + 16);
  out.writeDoubleLE(pattern.updatedAtMs, at + 24);
  out.writeDoubleLE(pattern.lastUsedAtMs ?? noTime, at + 32);
  const typeAt = writeText(pattern.id, out, at + fixedBytes);
  const domainAt = writeText(pattern.type, out, typeAt);
  const bodyAt = writeText(pattern.domain, out, domainAt);
  out.writeUInt16LE(typeAt - at - fixedBytes, at + 40);
  out.writeUInt16LE(domainAt - typeAt, at + 42);
  out.writeUInt16LE(bodyAt - domainAt, at + 44);
  out.set(pattern.body, bodyAt);
  return bodyAt + pattern.body.byteLength;
}

/** Gives where the text ends. */
// hot path
export function writeText(text: string, out: Buffer, at: number): number {
  if (text.length > shortText) return at + out.write(text, at);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return at + out.write(text, at);
    out[at + index] = code;
  }
  return at + text.length;
}

/** Its body is a view of the bytes. Throws RangeError when they are cut. */
export function decodePattern(bytes: Uint8Array): Pattern {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lastUsedAtMs = from.readDoubleLE(32);
  const typeAt = fixedBytes + from.readUInt16LE(40);
  const domainAt = typeAt + from.readUInt16LE(42);
  const bodyAt = domainAt + from.readUInt16LE(44);
  if (bodyAt > from.length)
    throw new RangeError(`Expected ${bodyAt} bytes of a pattern or more, got ${from.length}`);
  return {
    id: from.toString('utf8', fixedBytes, typeAt),
    type: from.toString('utf8', typeAt, domainAt),
    domain: from.toString('utf8', domainAt, bodyAt),
    confidence: from.readDoubleLE(0),
    usageCount: from.readDoubleLE(8),
    createdAtMs: from.readDoubleLE(16),
    updatedAtMs: from.readDoubleLE(24),
    lastUsedAtMs: Number.isNaN(lastUsedAtMs) ? null : lastUsedAtMs,
    body: from.subarray(bodyAt),
  };
}
