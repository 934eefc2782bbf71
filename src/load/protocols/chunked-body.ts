import type { BodySink, ParserLimits } from './protocol.ts';

const place = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailerStart: 6,
  trailer: 7,
  trailerLf: 8,
  lastLf: 9,
} as const;

/** Digits of a chunk size: 2^52 is more than any limit. */
const maxSizeDigits = 13;

/**
 * A body in chunks, with extensions and trailers (RFC 9112 section 7.1). Extensions and trailers are skipped, and
 * together are no longer than a header may be.
 */
export class ChunkedBody {
  done = false;
  reason = '';
  bodyBytes = 0;

  readonly #limits: ParserLimits;
  #place: (typeof place)[keyof typeof place] = place.size;
  #size = 0;
  #digits = 0;
  #extraBytes = 0;

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  restart(): void {
    this.done = false;
    this.reason = '';
    this.bodyBytes = 0;
    this.#place = place.size;
    this.#size = 0;
    this.#digits = 0;
    this.#extraBytes = 0;
  }

  /** Take bytes[start..end); returns the offset behind the last byte used. */
  push(bytes: Uint8Array, start: number, end: number, sink: BodySink | null = null): number {
    // hot path
    let index = start;
    while (index < end && !this.done && this.reason === '') {
      if (this.#place === place.data) {
        // one byte past the limit is enough to know
        const taken = Math.min(end - index, this.#size, this.#limits.maxBodyBytes - this.bodyBytes + 1);
        this.#size -= taken;
        this.bodyBytes += taken;
        sink?.(bytes, index, index + taken);
        index += taken;
        if (this.bodyBytes > this.#limits.maxBodyBytes) return index;
        if (this.#size === 0) this.#place = place.dataCr;
      } else {
        this.#frame(bytes[index] ?? 0);
        index++;
      }
    }
    return index;
  }

  /** One byte that is not data. */
  #frame(byte: number): void {
    switch (this.#place) {
      case place.size:
        this.#sizeByte(byte);
        break;
      case place.extension:
        if (byte === 13) this.#place = place.sizeLf;
        else this.#extra(byte);
        break;
      case place.sizeLf:
        this.#lf(byte, this.#size === 0 ? place.trailerStart : place.data);
        break;
      case place.dataCr:
        if (byte === 13) this.#place = place.dataLf;
        else this.reason = 'a chunk is longer than its size';
        break;
      case place.dataLf:
        this.#lf(byte, place.size);
        this.#digits = 0;
        break;
      case place.trailerStart:
        if (byte === 13) this.#place = place.lastLf;
        else if (byte === 0x20 || byte === 9) this.reason = 'it has a folded trailer line';
        else {
          this.#place = place.trailer;
          this.#extra(byte);
        }
        break;
      case place.trailer:
        if (byte === 13) this.#place = place.trailerLf;
        else this.#extra(byte);
        break;
      case place.trailerLf:
        this.#lf(byte, place.trailerStart);
        break;
      default:
        this.#lf(byte, place.size);
        this.done = this.reason === '';
    }
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > maxSizeDigits) this.reason = 'a chunk size has too many digits';
    } else if (this.#digits === 0) {
      this.reason = 'a chunk has no valid size';
    } else if (byte === 13) {
      this.#place = place.sizeLf;
    } else if (byte === 59 || byte === 0x20 || byte === 9) {
      // white space before an extension is bad form but seen (RFC 9112 section 7.1.1, BWS)
      this.#place = place.extension;
      this.#extra(byte);
    } else {
      this.reason = 'a chunk has no valid size';
    }
  }

  #lf(byte: number, next: (typeof place)[keyof typeof place]): void {
    if (byte === 10) this.#place = next;
    else this.reason = 'a chunk line has a CR without LF';
  }

  #extra(byte: number): void {
    if (byte === 10) this.reason = 'a chunk line has an LF without CR';
    else if ((byte < 0x20 && byte !== 9) || byte === 0x7f)
      this.reason = 'a chunk line holds a control character';
    else if (++this.#extraBytes > this.#limits.maxHeaderBytes) {
      this.reason = `its chunk extensions and trailers are longer than the limit of ${this.#limits.maxHeaderBytes} bytes`;
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
