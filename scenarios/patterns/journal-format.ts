import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

// A segment of the journal:
//
//     length of the payload, CRC-32 of it (32 bits each), payload; and again
//
// Zeros, of which the length is 0, are what has not been written yet.
// A payload is a kind, then a pattern (see pattern-codec.ts), or a confidence (a double) and an id in UTF-8.

export const headerBytes = 8;
export const putKind = 1;
export const confidenceKind = 2;

/** Up to so many bytes a loop is faster than to make a view of them for zlib. */
const shortBytes = 64;
/** By byte, of the polynomial 0xEDB88320 (RFC 1952, section 8). */
const remainders = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** CRC-32 of the bytes `from` to `to`, not included. */
// hot path
export function checksum(bytes: Buffer, from: number, to: number): number {
  if (to - from > shortBytes) return crc32(bytes.subarray(from, to));
  let remainder = -1;
  for (let at = from; at < to; at++) {
    remainder = (remainder >>> 8) ^ remainders[(remainder ^ bytes[at]!) & 255]!;
  }
  return ~remainder >>> 0;
}

/** Read at once; a longer record has a buffer of its own. */
const chunkBytes = 256 * 1024;

/** The payload is good until the next one is asked for; `at` is where it begins in the file. */
export interface SegmentRecord {
  readonly payload: Buffer;
  readonly at: number;
}

/**
 * The records of a segment up to its end, or to one that was being written when the process died. Holds a few hundred
 * kilobytes of a segment of any length.
 */
export function* readSegment(path: string): Generator<SegmentRecord, void, undefined> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    let buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, Math.max(size, headerBytes)));
    /** Of the file: where the buffer begins and ends. */
    let [from, to] = [0, 0];
    const has = (at: number, bytes: number): boolean => {
      if (at + bytes > size) return false;
      if (at >= from && at + bytes <= to) return true;
      if (bytes > buffer.length) buffer = Buffer.allocUnsafeSlow(bytes);
      from = at;
      to = at + readWhole(file, buffer, Math.min(buffer.length, size - at), at);
      return at + bytes <= to;
    };
    for (let at = 0; has(at, headerBytes);) {
      const bytes = buffer.readUInt32LE(at - from);
      const sum = buffer.readUInt32LE(at - from + 4);
      if (bytes === 0 || !has(at + headerBytes, bytes)) return;
      const payload = buffer.subarray(at + headerBytes - from, at + headerBytes - from + bytes);
      if (checksum(payload, 0, bytes) !== sum) return;
      yield { payload, at: at + headerBytes };
      at += headerBytes + bytes;
    }
  } finally {
    closeSync(file);
  }
}

/** Gives how many bytes there were. */
export function readWhole(file: number, into: Buffer, bytes: number, at: number): number {
  let done = 0;
  while (done < bytes) {
    const read = readSync(file, into, done, bytes - done, at + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}
