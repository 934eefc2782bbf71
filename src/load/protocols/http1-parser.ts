import { BodyCollector } from './body-collector.ts';
import { readHeaders } from './read-headers.ts';
import { reply } from './protocol.ts';
import { readHttp1Head } from './http1-head.ts';
import { ChunkedBody } from './chunked-body.ts';
import { HeadScanner } from './head-scanner.ts';
import type { Exchange, Reply } from '../flows/exchange.ts';
import type { HeadMemo } from './head-memo.ts';
import type { Http1Head } from './http1-head.ts';
import type { BodySink, ParserLimits, ReplyFault, ReplyParser, ReplyState } from './protocol.ts';

/** Interim replies (1xx) before the final one; more is a server that never answers. */
export const maxInterimReplies = 16;

const nothing = new Uint8Array(0);
const part = { head: 0, length: 1, chunked: 2, untilClose: 3 } as const;

/**
 * HTTP/1 reply parser (RFC 9112). A head that lies in one chunk is read where it is; one that is cut is gathered
 * first, so there is one way of reading it and the cuts cannot matter.
 */
export class Http1Parser implements ReplyParser {
  state: ReplyState = reply.more;
  bodyBytes = 0;
  seenBytes = 0;
  fault: ReplyFault = 'protocol';
  sink: BodySink | null = null;
  reason = '';

  readonly #limits: ParserLimits;
  readonly #head: Http1Head = { status: 0, contentLength: -1, chunked: false, keepAlive: true };
  readonly #scanner: HeadScanner;
  readonly #memo: HeadMemo;
  #chunked: ChunkedBody | null = null;
  #part: (typeof part)[keyof typeof part] = part.head;
  #bodiless = false;
  #interim = 0;
  #remaining = 0;
  /** The bytes of a head that came in pieces. */
  #gathered: Buffer | null = null;
  /** Made when a body is wanted for the first time. */
  #collector: BodyCollector | null = null;
  #wants: Exchange['wants'] | null = null;
  #headers: Reply['headers'] = [];

  /** `memo` may be shared by parsers with the same limits. */
  constructor(limits: ParserLimits, memo: HeadMemo) {
    this.#limits = limits;
    this.#memo = memo;
    this.#scanner = new HeadScanner(limits.maxHeaderBytes);
  }

  get status(): number {
    return this.#head.status;
  }

  get keepAlive(): boolean {
    return this.#head.keepAlive;
  }

  reply(): Reply {
    const body = this.#wants?.body === true ? (this.#collector?.body() ?? nothing) : nothing;
    return { status: this.status, headers: this.#headers, body };
  }

  expect(bodiless: boolean, wants: Exchange['wants'] | null): void {
    // hot path
    if (wants !== null || this.#wants !== null) this.#want(wants);
    this.state = reply.more;
    this.bodyBytes = 0;
    this.seenBytes = 0;
    this.reason = '';
    this.#part = part.head;
    this.#bodiless = bodiless;
    this.#interim = 0;
    this.#gathered = null;
    this.#head.status = 0;
    this.#head.keepAlive = true;
    this.#scanner.restart();
  }

  #want(wants: Exchange['wants'] | null): void {
    if (this.#wants?.body === true) this.sink = null;
    this.#wants = wants;
    this.#headers = [];
    if (wants?.body !== true) return;
    this.#collector ??= new BodyCollector();
    this.#collector.restart();
    this.sink = this.#collector.sink;
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    let offset = start;
    while (offset < end && this.state === reply.more) {
      if (this.#part === part.head) offset = this.#pushHead(bytes, offset, end);
      else if (this.#part === part.chunked) offset = this.#pushChunked(bytes, offset, end);
      else offset = this.#pushPlain(bytes, offset, end);
    }
    this.seenBytes += offset - start;
    if (this.#wants !== null && this.state === reply.more) this.#collector?.settle();
    return offset;
  }

  end(): ReplyState {
    if (this.state !== reply.more) return this.state;
    if (this.#part === part.untilClose) this.state = reply.done;
    else this.#fail('closed', 'the connection was closed before the reply was complete');
    return this.state;
  }

  #pushHead(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    const scanner = this.#scanner;
    if (scanner.fresh) {
      const length = this.#memo.recall(bytes, start, end, this.#head);
      if (length > 0) {
        if (this.#wants?.headers === true) this.#headers = readHeaders(bytes, start, start + length);
        this.#frame();
        return start + length;
      }
    }
    const offset = scanner.scan(bytes, start, end);
    if (scanner.reason !== '') {
      this.#fail('protocol', scanner.reason);
    } else if (!scanner.complete) {
      this.#gather(bytes, start, offset);
    } else if (this.#gathered === null) {
      this.#readHead(bytes, start, offset);
    } else {
      this.#gather(bytes, start, offset);
      this.#readHead(this.#gathered, 0, this.#gathered.length);
    }
    return offset;
  }

  #gather(bytes: Uint8Array, start: number, end: number): void {
    const piece = bytes.subarray(start, end);
    this.#gathered = this.#gathered === null ? Buffer.from(piece) : Buffer.concat([this.#gathered, piece]);
  }

  #readHead(bytes: Uint8Array, start: number, end: number): void {
    // hot path
    const head = this.#head;
    const problem = readHttp1Head(bytes, start, end, head);
    if (problem !== '') {
      this.#fail('protocol', problem);
      return;
    }
    if (head.status < 200) {
      this.#skipInterim();
      return;
    }
    if (this.#wants?.headers === true) this.#headers = readHeaders(bytes, start, end);
    this.#memo.store(bytes, start, end, head);
    this.#frame();
  }

  /** Where the body of the reply with this head ends (RFC 9112 section 6.3). */
  #frame(): void {
    // hot path
    const head = this.#head;
    if (this.#bodiless || head.status === 204 || head.status === 304) {
      this.state = reply.done;
    } else if (head.chunked) {
      this.#chunked ??= new ChunkedBody(this.#limits);
      this.#chunked.restart();
      this.#part = part.chunked;
    } else if (head.contentLength < 0) {
      head.keepAlive = false;
      this.#part = part.untilClose;
    } else if (head.contentLength > this.#limits.maxBodyBytes) {
      this.#fail(
        'body_too_large',
        `its Content-Length is above the limit of ${this.#limits.maxBodyBytes} bytes`,
      );
    } else if (head.contentLength === 0) {
      this.state = reply.done;
    } else {
      this.#remaining = head.contentLength;
      this.#part = part.length;
    }
  }

  #skipInterim(): void {
    if (this.#head.status === 101) {
      this.#fail('protocol', 'it switches protocols, which was not asked for');
    } else if (++this.#interim > maxInterimReplies) {
      this.#fail('protocol', `more than ${maxInterimReplies} interim replies (1xx)`);
    }
    this.#gathered = null;
    this.#head.status = 0;
    this.#scanner.restart();
  }

  #pushPlain(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    if (this.#part === part.length) {
      const taken = Math.min(end - start, this.#remaining);
      this.#remaining -= taken;
      this.bodyBytes += taken;
      this.sink?.(bytes, start, start + taken);
      if (this.#remaining === 0) this.state = reply.done;
      return start + taken;
    }
    const taken = Math.min(end - start, this.#limits.maxBodyBytes - this.bodyBytes + 1);
    this.bodyBytes += taken;
    this.sink?.(bytes, start, start + taken);
    if (this.bodyBytes > this.#limits.maxBodyBytes) this.#failTooLarge();
    return start + taken;
  }

  #pushChunked(bytes: Uint8Array, start: number, end: number): number {
    const body = this.#chunked;
    if (body === null) return end;
    const offset = body.push(bytes, start, end, this.sink);
    this.bodyBytes = body.bodyBytes;
    if (body.reason !== '') this.#fail('protocol', body.reason);
    else if (body.bodyBytes > this.#limits.maxBodyBytes) this.#failTooLarge();
    else if (body.done) this.state = reply.done;
    return offset;
  }

  #failTooLarge(): void {
    this.#fail('body_too_large', `its body is longer than the limit of ${this.#limits.maxBodyBytes} bytes`);
  }

  #fail(fault: ReplyFault, reason: string): void {
    this.state = reply.failed;
    this.fault = fault;
    this.reason = reason;
    this.#head.keepAlive = false;
  }
}
