import { classOfSocketError } from '../record/error-class.ts';
import { reply } from '../protocols/protocol.ts';
import { backoffNs } from './backoff.ts';
import { place } from './channel.ts';
import { ChannelState } from './channel-state.ts';
import { openWire } from './open-wire.ts';
import { replyFault } from './reply-fault.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { Channel } from './channel.ts';
import type { Reply } from '../flows/exchange.ts';
import type { EncodedRequest, ReplyParser } from '../protocols/protocol.ts';
import type { Wire, WireEvents } from './transport.ts';

/**
 * A channel that connects for each request and lets go of the connection after the reply. Connecting is part of the
 * operation: it lies between sent and done, and its own time-out is that of connecting.
 *
 *     idle --send--> (connect, write) --reply--> idle          no connection is open while it is idle
 */
export class PerRequestConnection extends ChannelState implements Channel, WireEvents {
  readonly #context: ConnectionContext;
  readonly #parser: ReplyParser;
  #wire: Wire | null = null;
  /** What to write once the connection is open; null when it has been written. */
  #request: EncodedRequest | null = null;
  #openingNs = 0;
  #failures = 0;

  constructor(id: number, parser: ReplyParser, context: ConnectionContext) {
    super(id);
    this.#parser = parser;
    this.#context = context;
  }

  /** There is nothing to open before a request. */
  open(): void {
    this.place = place.connecting;
    this.#context.loop.soon(() => {
      if (this.place !== place.connecting) return;
      this.place = place.idle;
      this.#context.owner.opened(this);
    });
  }

  send(request: EncodedRequest): void {
    const { loop, connectDeadlines } = this.#context;
    const now = loop.now();
    this.place = place.busy;
    this.#request = request;
    this.#openingNs = now;
    this.requestedNs = now;
    this.firstByteNs = 0;
    connectDeadlines.add(this, now);
    this.#wire = openWire(this, this.#context);
  }

  get status(): number {
    return this.#parser.status;
  }

  reply(): Reply {
    return this.#parser.reply();
  }

  close(): void {
    this.#settle();
    this.place = place.down;
    this.#wire?.destroy();
    this.#wire = null;
  }

  backoffNs(): number {
    return backoffNs(this.#failures);
  }

  expire(nowNs: number): void {
    const connecting = this.#request !== null;
    const elapsed = ((nowNs - (connecting ? this.#openingNs : this.requestedNs)) / 1e6).toFixed(0);
    if (connecting) this.#fail('connect_timeout', `no connection within ${elapsed}ms`);
    else this.#fail('timeout', `no complete reply within ${elapsed}ms`);
  }

  // ---- events of the wire

  opened(tlsNs = 0): void {
    const request = this.#request;
    if (request === null) return;
    const { loop, connectDeadlines, replyDeadlines, traffic, connected } = this.#context;
    const now = loop.now();
    connectDeadlines.remove(this);
    this.openNs = now - this.#openingNs;
    this.tlsNs = tlsNs;
    connected(this.openNs, tlsNs);
    this.#request = null;
    this.requestedNs = now;
    this.#parser.expect(request.bodiless, this.step?.exchange?.wants ?? null);
    replyDeadlines.add(this, now);
    traffic.bytesOut += request.bytes.length;
    this.#wire?.write(request.bytes);
  }

  received(bytes: Uint8Array, length: number): void {
    this.#context.traffic.bytesIn += length;
    if (this.#request !== null) {
      this.#fail('protocol', 'the server sent bytes before the request');
      return;
    }
    const parser = this.#parser;
    const used = parser.push(bytes, 0, length);
    if (parser.state === reply.more) {
      if (this.firstByteNs === 0) this.firstByteNs = this.#context.loop.now();
      return;
    }
    const fault = replyFault(parser, used, length);
    if (fault === null) this.#complete();
    else this.#fail(fault.failure, fault.detail);
  }

  ended(): void {
    if (this.#request !== null) this.#fail('closed', 'the server closed the connection while it was opened');
    else if (this.#parser.end() === reply.done) this.#complete();
    else this.#fail(this.#parser.fault, this.#parser.reason);
  }

  closed(error: Error | null): void {
    if (this.place !== place.busy) return;
    if (error === null) this.ended();
    else this.#fail(classOfSocketError(error), error.message);
  }

  // ---- ends of an operation

  #complete(): void {
    this.#settle();
    this.#failures = 0;
    this.place = place.idle;
    this.#wire?.release();
    this.#wire = null;
    this.#context.owner.replied(this);
  }

  #fail(failure: ErrorClass, detail: string): void {
    this.close();
    this.#failures++;
    this.#context.owner.failed(this, failure, detail);
  }

  /** It waits for nothing any more. */
  #settle(): void {
    const { connectDeadlines, replyDeadlines } = this.#context;
    if (this.#request !== null) connectDeadlines.remove(this);
    else replyDeadlines.remove(this);
    this.#request = null;
  }
}
