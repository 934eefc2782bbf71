import { reply } from './protocol.ts';
import type { Exchange, Reply } from '../flows/exchange.ts';
import type { Clock } from '../../measure/clock.ts';
import type { Framing, FramingEvents, FramingOutput, Operation } from './framing.ts';
import type { EncodedRequest, ReplyParser } from './protocol.ts';

interface Outstanding {
  /** Null when nobody waits for it any more. */
  operation: Operation | null;
  bodiless: boolean;
  wants: Exchange['wants'] | null;
}

export interface PipelineOptions {
  readonly parser: ReplyParser;
  /** Requests that may be outstanding. */
  readonly depth: number;
  readonly now: Clock;
}

/**
 * HTTP/1.1 with several requests outstanding on a connection (RFC 9112 section 9.3.2): replies come in the order of
 * the requests, so the first that fails takes those behind it with it.
 */
export class Http1Pipeline implements Framing {
  readonly ordered = true;
  accepts = true;

  readonly #parser: ReplyParser;
  readonly #now: Clock;
  readonly #events: FramingEvents;
  readonly #out: FramingOutput;
  /** A ring; the parser expects the reply to the first. Grows when requests are forgotten and sent again. */
  #ring: Outstanding[];
  #first = 0;
  #length = 0;

  constructor({ parser, depth, now }: PipelineOptions, events: FramingEvents, out: FramingOutput) {
    this.#parser = parser;
    this.#now = now;
    this.#events = events;
    this.#out = out;
    this.#ring = emptyRing(depth);
  }

  get untouched(): boolean {
    return this.#parser.seenBytes === 0;
  }

  start(): void {
    this.#events.ready();
  }

  request(operation: Operation, request: EncodedRequest, wants: Exchange['wants'] | null): void {
    // hot path
    if (this.#length === this.#ring.length) this.#grow();
    const entry = this.#at(this.#length++);
    entry.operation = operation;
    entry.bodiless = request.bodiless;
    entry.wants = wants;
    if (this.#length === 1) this.#parser.expect(request.bodiless, wants);
    this.#out.write(request.bytes);
  }

  push(bytes: Uint8Array, length: number): void {
    // hot path
    const parser = this.#parser;
    let offset = 0;
    while (offset < length) {
      if (this.#length === 0) {
        this.#events.broken('protocol', 'the server sent bytes that belong to no reply');
        return;
      }
      offset = parser.push(bytes, offset, length);
      if (parser.state === reply.more) break;
      if (parser.state === reply.failed) {
        this.#events.broken(parser.fault, `the reply is not valid: ${parser.reason}`);
        return;
      }
      if (!this.#complete()) return;
    }
    const { operation } = this.#at(0);
    if (this.#length > 0 && operation !== null && operation.firstByteNs === 0 && parser.seenBytes > 0)
      operation.firstByteNs = this.#now();
  }

  end(): void {
    if (this.#length > 0 && this.#parser.seenBytes > 0 && this.#parser.end() === reply.done) this.#complete();
    else if (this.#length > 0) this.#events.broken('closed', this.#closedReason());
    else this.#events.broken('closed', 'the server closed the connection');
  }

  forget(operation: Operation): void {
    for (let place = 0; place < this.#length; place++) {
      const entry = this.#at(place);
      if (entry.operation === operation) entry.operation = null;
    }
  }

  status(): number {
    return this.#parser.status;
  }

  reply(): Reply {
    return this.#parser.reply();
  }

  takeOutstanding(): Operation[] {
    const operations: Operation[] = [];
    for (let place = 0; place < this.#length; place++) {
      const { operation } = this.#at(place);
      if (operation !== null) operations.push(operation);
    }
    this.#length = 0;
    this.accepts = false;
    return operations;
  }

  /** The reply to the first is complete. False when that was the last on this connection. */
  #complete(): boolean {
    // hot path
    const parser = this.#parser;
    const { operation } = this.#at(0);
    if (!parser.keepAlive) this.accepts = false;
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#length--;
    // the owner may ask for the reply, and send: the parser goes on to the next one afterwards
    const before = this.#length;
    if (operation !== null) this.#events.replied(operation);
    if (!this.accepts) {
      this.#events.broken('pipelined', 'the server closed the connection after an earlier reply');
      return false;
    }
    if (before > 0) {
      const next = this.#at(0);
      parser.expect(next.bodiless, next.wants);
    }
    return true;
  }

  #closedReason(): string {
    return this.#parser.seenBytes > 0
      ? 'the connection was closed before the reply was complete'
      : 'the connection was closed before the reply';
  }

  #at(place: number): Outstanding {
    const entry = this.#ring[(this.#first + place) % this.#ring.length];
    if (entry === undefined) throw new RangeError(`no place ${place} in a pipeline of ${this.#ring.length}`);
    return entry;
  }

  #grow(): void {
    const old = this.#ring;
    const inOrder = [...old.slice(this.#first), ...old.slice(0, this.#first)];
    this.#ring = [...inOrder, ...emptyRing(Math.max(1, old.length))];
    this.#first = 0;
  }
}

function emptyRing(length: number): Outstanding[] {
  return Array.from({ length }, () => ({ operation: null, bodiless: false, wants: null }));
}
