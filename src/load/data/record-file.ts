import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { FileWindow } from './file-window.ts';
import type { CsvRecord } from '../../model/csv.ts';

/** Finds the end of the record at `start`, as scanCsv does; false when it is not complete. */
export type ScanRecord = (
  bytes: Uint8Array,
  start: number,
  limit: number,
  last: boolean,
  into: CsvRecord,
) => boolean;

/** Longer rows are no rows. */
const maxRecordBytes = 65_536;

/** Every sixteenth record is in the index: 10 MB for a file of a gigabyte, and a few hundred bytes to pass over. */
const stride = 16;

/**
 * The records of a text file by number, for files of any size: it is read once to find where records begin and that
 * all are well-formed UTF-8, and only an index is kept. Empty lines are no records. Throws PerfkitError with
 * file and line.
 */
export class RecordFile {
  readonly #name: string;
  readonly #file: number;
  readonly #window: FileWindow;
  readonly #scan: ScanRecord;
  readonly #record: CsvRecord = { textEnd: 0, end: 0, fields: 0, lines: 0, fault: '' };
  #offsets = new Float64Array(64);
  #count = 0;
  /** Where record number #nextIndex begins, so that going on in order passes over nothing. */
  #nextIndex = 0;
  #nextOffset = 0;

  /** `name` is for messages. `check` is told each record's number of fields and line; it returns what is wrong or ''. */
  constructor(
    path: string,
    name: string,
    scan: ScanRecord,
    check: (fields: number, index: number) => string,
  ) {
    this.#name = name;
    this.#scan = scan;
    try {
      this.#file = openSync(path, 'r');
    } catch (error) {
      throw new PerfkitError('io', `cannot read ${name}: ${messageOf(error)}`, { cause: error });
    }
    try {
      this.#window = new FileWindow(this.#file, fstatSync(this.#file).size);
      this.#index(check);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
    this.#nextOffset = this.#offsets[0] ?? 0;
  }

  get count(): number {
    return this.#count;
  }

  /** The text of a record, 0 to count - 1. */
  text(index: number): string {
    const anchor = Math.floor(index / stride);
    const near = index >= this.#nextIndex && this.#nextIndex >= anchor * stride;
    let at = near ? this.#nextIndex : anchor * stride;
    let offset = near ? this.#nextOffset : (this.#offsets[anchor] ?? 0);
    for (;;) {
      const bytes = this.#window.at(offset, maxRecordBytes + 2);
      const { textEnd, end } = this.#recordAt(bytes, offset);
      offset += end;
      if (textEnd === 0 && end > 0) continue;
      if (at++ < index) continue;
      this.#nextIndex = index + 1;
      this.#nextOffset = offset;
      return Buffer.from(bytes.buffer, bytes.byteOffset, textEnd).toString('utf8');
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #index(check: (fields: number, index: number) => string): void {
    let offset = this.#skipMark();
    let line = 1;
    while (offset < this.#window.size) {
      const bytes = this.#window.at(offset, maxRecordBytes + 2);
      const record = this.#recordAt(bytes, offset);
      if (record.end === 0) this.#fail(line, `a row longer than ${maxRecordBytes} bytes`);
      if (record.fault !== '') this.#fail(line + Math.max(0, record.lines - 1), record.fault);
      if (record.textEnd > 0) {
        if (!isUtf8(bytes.subarray(0, record.textEnd))) this.#fail(line, 'a row that is not UTF-8');
        const wrong = check(record.fields, this.#count);
        if (wrong !== '') this.#fail(line, wrong);
        this.#add(offset);
      }
      offset += record.end;
      line += record.lines;
    }
  }

  /** The record at the start of `bytes`; end 0 for one that is not complete there. */
  #recordAt(bytes: Uint8Array, offset: number): CsvRecord {
    const last = offset + bytes.length >= this.#window.size;
    if (!this.#scan(bytes, 0, bytes.length, last, this.#record)) this.#record.end = 0;
    return this.#record;
  }

  #add(offset: number): void {
    if (this.#count % stride === 0) {
      const slot = this.#count / stride;
      if (slot === this.#offsets.length) {
        const grown = new Float64Array(slot * 2);
        grown.set(this.#offsets);
        this.#offsets = grown;
      }
      this.#offsets[slot] = offset;
    }
    this.#count++;
  }

  /** A byte order mark is not part of the first name. */
  #skipMark(): number {
    const [a, b, c] = this.#window.at(0, 3);
    return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
  }

  #fail(line: number, what: string): never {
    throw new PerfkitError('scenario', `${this.#name}:${line}: ${what}`);
  }
}
