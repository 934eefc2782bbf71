import { closeSync, ftruncateSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Pattern } from 'perfkit/store';
import { checksum, confidenceKind, headerBytes, putKind } from './journal-format.ts';
import { mostPatternBytes, writePattern, writeText } from './pattern-codec.ts';

const segmentName = /^journal-(\d{12})\.log$/;
/** A record is put together in one buffer; one that is longer has a buffer of its own. */
const bufferBytes = 64 * 1024;
/**
 * A segment is made longer by so much at a time, and cut when it is complete: a write that made the file longer would be
 * a change of the file system's own journal, and wait while that is written.
 */
const growBytes = 4 * 1024 ** 2;

/**
 * Writes that are acknowledged but not in the database yet, in files that are appended to (see journal-format.ts). A
 * record is handed to the operating system before `put` or `confidence` returns, so it outlives the process, though not
 * a power cut (as SQLite's synchronous = NORMAL). Every record says what is, not what to add: to apply one twice changes
 * nothing.
 */
export class WriteJournal {
  readonly #folder: string;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #number: number;
  #file: number;
  #bytes = 0;
  #length = 0;
  #state: 'open' | 'torn' | 'closed' = 'open';

  /** Starts a segment after those that are there. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#number = Math.max(0, ...journalSegments(folder).map(numberOf)) + 1;
    this.#file = openSync(this.#path(), 'wx');
  }

  /** The pattern is now this one. Throws what the file system does: the write is then not acknowledged. */
  put(pattern: Pattern): void {
    const most = headerBytes + 1 + mostPatternBytes(pattern);
    const out = most <= bufferBytes ? this.#buffer : Buffer.allocUnsafeSlow(most);
    out[headerBytes] = putKind;
    this.#append(out, writePattern(pattern, out, headerBytes + 1));
  }

  /** The confidence of the pattern is now so much. Throws as `put`. */
  confidence(id: string, confidence: number): void {
    const most = headerBytes + 9 + 3 * id.length;
    const out = most <= bufferBytes ? this.#buffer : Buffer.allocUnsafeSlow(most);
    out[headerBytes] = confidenceKind;
    out.writeDoubleLE(confidence, headerBytes + 1);
    this.#append(out, writeText(id, out, headerBytes + 9));
  }

  /** Path of the segment so far, which is no longer written to; null when it is empty. */
  rotate(): string | null {
    if (this.#bytes === 0 || this.#state === 'closed') return null;
    const path = this.#path();
    this.#number++;
    let file: number;
    try {
      file = openSync(this.#path(), 'wx');
    } catch (error) {
      // Goes on in the old one.
      this.#number--;
      throw error;
    }
    this.#seal();
    this.#file = file;
    this.#bytes = 0;
    this.#length = 0;
    this.#state = 'open';
    return path;
  }

  /** All segments but the one that is appended to, the oldest first. */
  sealed(): string[] {
    const current = this.#path();
    return journalSegments(this.#folder).filter((path) => path !== current);
  }

  /** Leaves no empty segment behind. A second call does nothing. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#seal();
    if (this.#bytes === 0) rmSync(this.#path(), { force: true });
  }

  /** `out`: room for the header, then the payload up to `end`. */
  // hot path
  #append(out: Buffer, end: number): void {
    if (this.#state !== 'open') this.#refuse();
    out.writeUInt32LE(end - headerBytes, 0);
    out.writeUInt32LE(checksum(out, headerBytes, end), 4);
    try {
      if (this.#bytes + end > this.#length) this.#grow(end);
      for (let done = 0; done < end;) {
        done += writeSync(this.#file, out, done, end - done, this.#bytes + done);
      }
    } catch (error) {
      this.#cut();
      throw error;
    }
    this.#bytes += end;
  }

  #grow(bytes: number): void {
    const length = this.#bytes + Math.max(bytes, growBytes);
    ftruncateSync(this.#file, length);
    this.#length = length;
  }

  #seal(): void {
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch {
      // What is behind the last record is not read.
    }
    closeSync(this.#file);
  }

  /**
   * Of a disk that is full there may be the beginning of a record. What came after it would not be read again, so it has
   * to go before anything else is acknowledged.
   */
  #cut(): void {
    try {
      ftruncateSync(this.#file, this.#bytes);
      this.#length = this.#bytes;
    } catch {
      this.#state = 'torn';
    }
  }

  /** A torn segment is tried again, and given up for a new one at the next `rotate`. */
  #refuse(): void {
    if (this.#state === 'closed') throw new Error('The journal is closed: nothing is written any more.');
    ftruncateSync(this.#file, this.#bytes);
    this.#length = this.#bytes;
    this.#state = 'open';
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

function numberOf(path: string): number {
  return Number(segmentName.exec(path.slice(path.lastIndexOf('journal-')))?.[1] ?? 0);
}
