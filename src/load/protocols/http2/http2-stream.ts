import { role } from './header-field.ts';
import { maxInterimReplies } from '../http1-parser.ts';
import type { Exchange, Reply } from '../../flows/exchange.ts';
import type { Operation } from '../framing.ts';
import type { HeaderField } from './header-field.ts';

const nothing = new Uint8Array(0);

/** One request and its reply (RFC 9113 section 8.1). Used again for the next one of the same seat. */
export class Http2Stream {
  /** 0 while there is no request. */
  id = 0;
  operation: Operation | null = null;
  status = 0;
  bodyBytes = 0;
  /** What may be sent, and what is still to be. */
  sendWindow = 0;
  unsent: Uint8Array = nothing;

  #bodiless = false;
  #wantsHeaders = false;
  #wantsBody = false;
  #contentLength = -1;
  #interim = 0;
  #fields: readonly HeaderField[] = [];
  #pieces: Buffer[] = [];

  begin(id: number, operation: Operation, bodiless: boolean, wants: Exchange['wants'] | null): void {
    // hot path
    this.id = id;
    this.operation = operation;
    this.status = 0;
    this.bodyBytes = 0;
    this.unsent = nothing;
    this.#bodiless = bodiless;
    this.#wantsHeaders = wants !== null && wants.headers;
    this.#wantsBody = wants !== null && wants.body;
    this.#contentLength = -1;
    this.#interim = 0;
    this.#fields = noFields;
    if (this.#pieces.length > 0) this.#pieces = [];
  }

  /** Its final head has come. */
  get hasHead(): boolean {
    return this.status !== 0;
  }

  /** A head, interim or final, or trailers. Returns what is wrong with it; '' for nothing. */
  readHead(fields: readonly HeaderField[], ends: boolean): string {
    // hot path
    if (this.status !== 0) return this.#readTrailers(fields, ends);
    let status = 0;
    let length = -1;
    let regular = false;
    for (const field of fields) {
      if (field.role === role.status) {
        if (status !== 0 || regular) return 'it has a :status out of place';
        status = field.number;
      } else if (field.role === role.malformed) {
        return 'its header holds a field that HTTP/2 does not allow';
      } else {
        regular = true;
        if (field.role !== role.contentLength) continue;
        if (length >= 0 && length !== field.number) return 'it has two differing content-lengths';
        length = field.number;
      }
    }
    if (status === 0) return 'it has no :status';
    if (status < 200) return this.#passInterim(status, ends);
    this.status = status;
    this.#contentLength = length;
    if (this.#wantsHeaders) this.#fields = fields;
    return '';
  }

  /** Some of the body. */
  take(bytes: Uint8Array, start: number, end: number): void {
    // hot path
    this.bodyBytes += end - start;
    if (this.#wantsBody) this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** The reply is complete; what is wrong with it, '' for nothing (RFC 9113 section 8.1.1). */
  end(): string {
    // hot path
    if (this.status === 0) return 'it ended before its header';
    if (this.#bodiless || this.status === 304 || this.status === 204)
      return this.bodyBytes > 0 ? 'it has a body where none may be' : '';
    return this.#contentLength >= 0 && this.#contentLength !== this.bodyBytes
      ? 'its body is not as long as its content-length'
      : '';
  }

  reply(): Reply {
    return {
      status: this.status,
      headers: this.#fields
        .filter(({ name }) => !name.startsWith(':'))
        .map(({ name, value }) => [name, value] as const),
      body: Buffer.concat(this.#pieces),
    };
  }

  #readTrailers(fields: readonly HeaderField[], ends: boolean): string {
    if (!ends) return 'it has a second header';
    const pseudo = fields.some((field) => field.role === role.status || field.role === role.malformed);
    return pseudo ? 'its trailers hold a field that HTTP/2 does not allow' : '';
  }

  #passInterim(status: number, ends: boolean): string {
    if (ends) return `it ended with an interim reply (${status})`;
    if (status === 101) return 'it switches protocols, which HTTP/2 does not have';
    return ++this.#interim > maxInterimReplies ? `more than ${maxInterimReplies} interim replies (1xx)` : '';
  }
}

const noFields: readonly HeaderField[] = [];
