import type { Pattern } from '../pattern.ts';

const version = 1;
/** Version, then little-endian doubles: confidence, usage count, created, updated, last used (NaN: never). */
const numbersAt = 1;
const namesAt = numbersAt + 5 * 8;

/**
 * A pattern but for its id as bytes:
 *
 *     version | 5 doubles | u16 length of type | type | u16 length of domain | domain | body
 */
export function writeRecord(pattern: Pattern): Uint8Array {
  const type = Buffer.from(pattern.type);
  const domain = Buffer.from(pattern.domain);
  const record = Buffer.allocUnsafe(namesAt + 4 + type.length + domain.length + pattern.body.length);
  record[0] = version;
  record.writeDoubleLE(pattern.confidence, numbersAt);
  record.writeDoubleLE(pattern.usageCount, numbersAt + 8);
  record.writeDoubleLE(pattern.createdAtMs, numbersAt + 16);
  record.writeDoubleLE(pattern.updatedAtMs, numbersAt + 24);
  record.writeDoubleLE(pattern.lastUsedAtMs ?? Number.NaN, numbersAt + 32);
  let at = namesAt;
  for (const name of [type, domain]) {
    at = record.writeUInt16LE(name.length, at);
    record.set(name, at);
    at += name.length;
  }
  record.set(pattern.body, at);
  return record;
}

/** `body` is a view of the record. Throws Error when the record is of another version. */
export function readRecord(id: string, bytes: Uint8Array): Pattern {
  const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (record[0] !== version) {
    throw new Error(
      `Expected the record of ${JSON.stringify(id)} to be of version ${version}, got ${record[0]}.`,
    );
  }
  const lastUsed = record.readDoubleLE(numbersAt + 32);
  const typeEnd = namesAt + 2 + record.readUInt16LE(namesAt);
  const domainEnd = typeEnd + 2 + record.readUInt16LE(typeEnd);
  return {
    id,
    type: record.toString('utf8', namesAt + 2, typeEnd),
    domain: record.toString('utf8', typeEnd + 2, domainEnd),
    confidence: record.readDoubleLE(numbersAt),
    usageCount: record.readDoubleLE(numbersAt + 8),
    createdAtMs: record.readDoubleLE(numbersAt + 16),
    updatedAtMs: record.readDoubleLE(numbersAt + 24),
    lastUsedAtMs: Number.isNaN(lastUsed) ? null : lastUsed,
    body: new Uint8Array(record.buffer, record.byteOffset + domainEnd, record.byteLength - domainEnd),
  };
}
