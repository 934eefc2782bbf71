/**
 * Finds the end of an HTTP/1 head in bytes that may come in pieces, and refuses what no valid head holds: bare CR
 * or LF, other control characters, folded lines (RFC 9112 sections 2.2 and 5.2), a first byte that cannot begin a
 * status line, more bytes than allowed. What it lets through consists of whole lines ending with an empty one.
 */
export class HeadScanner {
  complete = false;
  /** What is wrong; '' while nothing is. */
  reason = '';

  readonly #maxBytes: number;
  #bytes = 0;
  #place: Place = place.inLine;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** No byte of the head has been seen. */
  get fresh(): boolean {
    return this.#bytes === 0;
  }

  restart(): void {
    // hot path
    this.complete = false;
    this.reason = '';
    this.#bytes = 0;
    this.#place = place.inLine;
  }

  /** Look at bytes[start..end); returns the offset behind the last byte that belongs to the head. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    let index = start;
    if (this.#bytes < prefix.length) {
      index = this.#checkPrefix(bytes, start, end);
      if (this.reason !== '') return index;
    }
    const limit = Math.min(end, start + this.#maxBytes - this.#bytes);
    let at: Place = this.#place;
    while (index < limit) {
      const byte = bytes[index] ?? 0;
      if (at === place.inLine) {
        // the bytes of a line are skipped here; everything below happens once a line
        if (byte >= 0x20 && byte !== 0x7f) {
          index = skipText(bytes, index + 1, limit);
          continue;
        }
        if (byte === 13) at = place.afterCr;
        else if (byte !== 9) return this.#refuse(index, byte === 10 ? bareLf : controlCharacter);
      } else if (at === place.afterCr) {
        if (byte !== 10) return this.#refuse(index, 'it has a CR without LF');
        at = place.lineStart;
      } else if (at === place.lineStart) {
        if (byte === 13) at = place.afterLastCr;
        else if (byte === 0x20 || byte === 9) return this.#refuse(index, 'it has a folded header line');
        else if (byte < 0x20 || byte === 0x7f)
          return this.#refuse(index, byte === 10 ? bareLf : controlCharacter);
        else at = place.inLine;
      } else {
        if (byte !== 10) return this.#refuse(index, 'it has a CR without LF');
        this.complete = true;
        return index + 1;
      }
      index++;
    }
    this.#place = at;
    this.#bytes += index - start;
    if (this.#bytes >= this.#maxBytes)
      return this.#refuse(index, `its header is longer than the limit of ${this.#maxBytes} bytes`);
    return index;
  }

  #checkPrefix(bytes: Uint8Array, start: number, end: number): number {
    const limit = Math.min(end, start + prefix.length - this.#bytes, start + this.#maxBytes - this.#bytes);
    for (let index = start; index < limit; index++) {
      if (bytes[index] !== prefix[this.#bytes + index - start]) return this.#refuse(index, notHttp);
    }
    return limit;
  }

  #refuse(index: number, reason: string): number {
    this.reason = reason;
    return index;
  }
}

/** The next byte in bytes[start..limit) that is a control character, or limit. */
function skipText(bytes: Uint8Array, start: number, limit: number): number {
  // hot path: most bytes of a head pass through this loop
  let index = start;
  while (index < limit) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20 || byte === 0x7f) break;
    index++;
  }
  return index;
}

const place = { inLine: 0, afterCr: 1, lineStart: 2, afterLastCr: 3 } as const;
type Place = (typeof place)[keyof typeof place];
const prefix = Buffer.from('HTTP/1.');
const notHttp = 'it does not begin with an HTTP/1.0 or HTTP/1.1 status line';
const bareLf = 'it has an LF without CR';
const controlCharacter = 'its header holds a control character';
