import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Pattern } from 'perfkit/store';
import { decodePattern, encodePattern } from './pattern-codec.ts';

/** What a record says: that a pattern is now this one, or that its confidence is now so much. */
export type JournalRecord =
  | { readonly kind: 'put'; readonly pattern: Pattern }
  | { readonly kind: 'confidence'; readonly id: string; readonly confidence: number };

const headerBytes = 8;
const putKind = 1;
const confidenceKind = 2;
const segmentName = /^journal-(\d{12})\.log$/;

/**
 * Writes that are acknowledged but not in the database yet, in files that are appended to. A record is handed to the
 * operating system before `append` returns, so it outlives the process, though not a power cut (as SQLite's synchronous =
 * NORMAL). Every record says what is, not what to add: to apply one twice changes nothing.
 *
 *     length of the payload, CRC-32 of it (32 bits each), payload; and again
 */
export class WriteJournal {
  readonly #folder: string;
  #number: number;
  #file: number;
  #bytes = 0;

  /** Starts a segment after those that are there. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#number = Math.max(0, ...journalSegments(folder).map(numberOf)) + 1;
    this.#file = openSync(this.#path(), 'ax');
  }

  /** Throws what the file system does: the write is then not acknowledged. */
  append(record: JournalRecord): void {
    const payload = encodeRecord(record);
    const out = Buffer.allocUnsafe(headerBytes + payload.byteLength);
    out.writeUInt32LE(payload.byteLength, 0);
    out.writeUInt32LE(crc32(payload), 4);
    out.set(payload, headerBytes);
    for (let done = 0; done < out.length;) done += writeSync(this.#file, out, done);
    this.#bytes += out.length;
  }

  /** Path of the segment so far, which is no longer written to; null when it is empty. */
  rotate(): string | null {
    if (this.#bytes === 0) return null;
    const path = this.#path();
    closeSync(this.#file);
    this.#number++;
    this.#bytes = 0;
    this.#file = openSync(this.#path(), 'ax');
    return path;
  }

  close(): void {
    closeSync(this.#file);
  }

  #path(): string {
    return join(this.#folder, `journal-${String(this.#number).padStart(12, '0')}.log`);
  }
}

/** Paths of the segments in a folder, the oldest first. */
export function journalSegments(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => segmentName.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

/** The records of a segment up to its end, or to one that was being written when the process died. */
export function readSegment(path: string): JournalRecord[] {
  const bytes = readFileSync(path);
  const records: JournalRecord[] = [];
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const end = at + headerBytes + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const payload = bytes.subarray(at + headerBytes, end);
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
    records.push(decodeRecord(payload));
    at = end;
  }
  return records;
}

function encodeRecord(record: JournalRecord): Uint8Array {
  if (record.kind === 'put') {
    const pattern = encodePattern(record.pattern);
    const out = Buffer.allocUnsafe(1 + pattern.byteLength);
    out[0] = putKind;
    out.set(pattern, 1);
    return out;
  }
  const out = Buffer.allocUnsafe(9 + Buffer.byteLength(record.id));
  out[0] = confidenceKind;
  out.writeDoubleLE(record.confidence, 1);
  out.write(record.id, 9);
  return out;
}

function decodeRecord(payload: Buffer): JournalRecord {
  if (payload[0] === putKind) return { kind: 'put', pattern: decodePattern(payload.subarray(1)) };
  if (payload[0] === confidenceKind) {
    return { kind: 'confidence', confidence: payload.readDoubleLE(1), id: payload.toString('utf8', 9) };
  }
  throw new RangeError(
    `Expected a journal record of kind ${putKind} or ${confidenceKind}, got ${payload[0]}`,
  );
}

function numberOf(path: string): number {
  return Number(segmentName.exec(path.slice(path.lastIndexOf('journal-')))?.[1] ?? 0);
}
