/**
 * Reads server-sent events (WHATWG HTML, section 9.2.6) out of bytes that may be cut anywhere. It counts events and
 * their data; what they say is not kept. Lines end with CR, LF or CRLF; a byte order mark at the start is skipped;
 * an event without data is none.
 */
export class EventStreamParser {
  /** Events so far. */
  events = 0;
  /** Bytes of data in them. */
  dataBytes = 0;
  /** What is wrong; '' while nothing is. */
  reason = '';

  readonly #maxEventBytes: number;
  /** Bytes of the line so far: only its beginning tells which field it is. */
  #lineBytes = 0;
  #isData = true;
  #hasData = false;
  #eventBytes = 0;
  #afterCr = false;
  /** How much of a byte order mark has been seen; -1 when it is past. */
  #mark = 0;

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes;
  }

  /** Take bytes[start..end); returns how many events they completed. */
  push(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    const before = this.events;
    for (let index = start; index < end && this.reason === ''; index++) {
      const byte = bytes[index] ?? 0;
      if (this.#mark >= 0 && this.#isMark(byte)) continue;
      const wasCr = this.#afterCr;
      this.#afterCr = byte === 13;
      if (byte === 10 && wasCr) continue;
      if (byte === 13 || byte === 10) this.#endLine();
      else this.#take(byte);
    }
    return this.events - before;
  }

  #isMark(byte: number): boolean {
    if (byte === byteOrderMark[this.#mark]) {
      this.#mark = this.#mark === 2 ? -1 : this.#mark + 1;
      return true;
    }
    // a mark that is cut off is part of a field's name that nobody knows
    if (this.#mark > 0) this.#isData = false;
    this.#lineBytes += this.#mark;
    this.#mark = -1;
    return false;
  }

  #take(byte: number): void {
    // hot path
    const at = this.#lineBytes++;
    if (at < dataName.length) {
      if (byte !== dataName[at]) this.#isData = false;
    } else if (at === dataName.length && this.#isData && byte !== colon) {
      this.#isData = false;
    }
    if (++this.#eventBytes > this.#maxEventBytes)
      this.reason = `an event is longer than the limit of ${this.#maxEventBytes} bytes`;
  }

  #endLine(): void {
    // hot path
    const bytes = this.#lineBytes;
    if (bytes === 0) {
      if (this.#hasData) this.events++;
      this.#hasData = false;
      this.#eventBytes = 0;
    } else if (this.#isData && bytes >= dataName.length) {
      this.#hasData = true;
      this.dataBytes += Math.max(0, bytes - dataName.length - 1);
    }
    this.#lineBytes = 0;
    this.#isData = true;
  }
}

const byteOrderMark = [0xef, 0xbb, 0xbf];
const dataName = [0x64, 0x61, 0x74, 0x61];
const colon = 0x3a;
