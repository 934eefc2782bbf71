import type { Serializer } from 'perfkit/cache';
import type { Pattern } from 'perfkit/store';

const fixedBytes = 5 * 8 + 3 * 2;
const noTime = -1;

/**
 * A pattern as bytes, for levels and journal: five doubles (confidence, usage count, three times), the lengths of id,
 * type and domain (16 bits), these in UTF-8, then the body. Little-endian. A tenth of the time of JSON, which would have
 * to escape the body.
 */
export const patternSerializer: Serializer<Pattern> = {
  encode: (pattern) => (pattern === undefined ? new Uint8Array(0) : encodePattern(pattern)),
  decode: (bytes) => (bytes.length === 0 ? undefined : decodePattern(bytes)),
};

export function encodePattern(pattern: Pattern): Uint8Array {
  const { id, type, domain, body } = pattern;
  const idBytes = Buffer.byteLength(id);
  const typeBytes = Buffer.byteLength(type);
  const domainBytes = Buffer.byteLength(domain);
  const out = Buffer.allocUnsafeSlow(fixedBytes + idBytes + typeBytes + domainBytes + body.byteLength);
  out.writeDoubleLE(pattern.confidence, 0);
  out.writeDoubleLE(pattern.usageCount, 8);
  out.writeDoubleLE(pattern.createdAtMs, 16);
  out.writeDoubleLE(pattern.updatedAtMs, 24);
  out.writeDoubleLE(pattern.lastUsedAtMs ?? noTime, 32);
  out.writeUInt16LE(idBytes, 40);
  out.writeUInt16LE(typeBytes, 42);
  out.writeUInt16LE(domainBytes, 44);
  let at = fixedBytes;
  at += out.write(id, at);
  at += out.write(type, at);
  at += out.write(domain, at);
  out.set(body, at);
  return out;
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
    lastUsedAtMs: lastUsedAtMs === noTime ? null : lastUsedAtMs,
    body: from.subarray(bodyAt),
  };
}
