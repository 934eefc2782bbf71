/** A tag and which of its lives an entry belongs to: it is valid as long as the tag has this version. */
export type TagVersion = readonly [tag: string, version: string];

const plain = 0;
const tagged = 1;
const headerBytes = 5;

/**
 * A value with the versions of its tags, in one piece:
 *
 *     0, value                                            without tags
 *     1, length (4 bytes, big endian), JSON, value        with them; the JSON is an array of pairs
 */
export function joinTags(value: Uint8Array, tags: readonly TagVersion[]): Buffer {
  if (tags.length === 0) return Buffer.concat([Buffer.from([plain]), value]);
  const json = Buffer.from(JSON.stringify(tags), 'utf8');
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(tagged, 0);
  header.writeUInt32BE(json.length, 1);
  return Buffer.concat([header, json, value]);
}

export interface TaggedValue {
  readonly value: Buffer;
  readonly tags: readonly TagVersion[];
}

/** What `joinTags` joined; undefined for bytes that it did not make. */
export function splitTags(bytes: Buffer): TaggedValue | undefined {
  if (bytes[0] === plain) return { value: bytes.subarray(1), tags: [] };
  if (bytes[0] !== tagged || bytes.length < headerBytes) return undefined;
  const valueStart = headerBytes + bytes.readUInt32BE(1);
  if (valueStart > bytes.length) return undefined;
  const tags = parsePairs(bytes.toString('utf8', headerBytes, valueStart));
  return tags === undefined ? undefined : { value: bytes.subarray(valueStart), tags };
}

function parsePairs(json: string): TagVersion[] | undefined {
  let pairs: unknown;
  try {
    pairs = JSON.parse(json);
  } catch {
    return undefined;
  }
  return Array.isArray(pairs) && pairs.every(isPair) ? pairs : undefined;
}

function isPair(pair: unknown): pair is TagVersion {
  return Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
}
