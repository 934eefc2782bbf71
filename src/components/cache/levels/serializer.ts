import { deserialize, serialize } from 'node:v8';

/** How a level outside the heap keeps values. `decode` throws on bytes that `encode` did not make. */
export interface Serializer<V> {
  encode(value: V | undefined): Uint8Array;
  decode(bytes: Uint8Array): V | undefined;
}

/**
 * JSON in UTF-8, undefined as no bytes at all. For plain data: a Date comes back as a string, NaN as null. The type of
 * what comes back is taken on trust, as that of every value that is read from outside.
 */
export function jsonSerializer<V>(): Serializer<V> {
  return {
    encode: (value) => (value === undefined ? new Uint8Array(0) : Buffer.from(JSON.stringify(value), 'utf8')),
    decode: (bytes) =>
      bytes.length === 0
        ? undefined
        : JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')),
  };
}

/** The structured clone format of V8: also Map, Set, Date, BigInt, typed arrays, -0, NaN and cycles. */
export function structuredSerializer<V>(): Serializer<V> {
  return {
    encode: (value) => serialize(value),
    decode: (bytes) => deserialize(bytes),
  };
}
