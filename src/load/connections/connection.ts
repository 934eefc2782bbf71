import { classOfSocketError } from '../record/error-class.ts';
import { backoffNs } from './backoff.ts';
import { place } from './channel.ts';
import { ChannelState } from './channel-state.ts';
import { openWire } from './open-wire.ts';
import { replyFault } from './reply-fault.ts';
import { reply } from '../protocols/protocol.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { Channel } from './channel.ts';
import type { Reply } from '../flows/exchange.ts';
import type { EncodedRequest, ReplyParser } from '../protocols/protocol.ts';
import type { Wire, WireEvents } from './transport.ts';

/** Longer than most round trips; a server that takes longer to close has had the request. */
export const staleWithinNs = 100e6;

/**
 * One connection to the target and the operation on it. At most one request is outstanding, and whatever breaks
 * the exchange (time-out, protocol error, bytes nobody asked for) closes the stream: a late reply can never be
 * taken for the next one.
 */
export class Connection extends ChannelState implements Channel, WireEvents {
  readonly #context: ConnectionContext;
  readonly #parser: ReplyParser;
  /** The request asked the server to close. */
  #closes = false;
  #wire: Wire | null = null;
  #openingNs = 0;
  /** What the next request has waited for the connection to open. */
  #waitedOpenNs = 0;
  #waitedTlsNs = 0;
  /** Replies on the current stream. */
  #replies = 0;
  /** Failures in a row. */
  #failures = 0;

  constructor(id: number, parser: ReplyParser, context: ConnectionContext) {
    super(id);
    this.#parser = parser;
    this.#context = context;
  }

  /** Begin to connect. */
  open(): void {
    const now = this.#context.loop.now();
    this.place = place.connecting;
    this.#openingNs = now;
    this.#replies = 0;
    this.#context.connectDeadlines.add(this, now);
    this.#wire = openWire(this, this.#context);
  }

  send(request: EncodedRequest): void {
    // hot path
    const { loop, replyDeadlines, traffic } = this.#context;
    this.place = place.busy;
    this.#closes = request.closes;
    this.#parser.expect(request.bodiless, this.step?.exchange?.wants ?? null);
    traffic.bytesOut += request.bytes.length;
    const now = loop.now();
    this.requestedNs = now;
    this.firstByteNs = 0;
    this.openNs = this.#waitedOpenNs;
    this.tlsNs = this.#waitedTlsNs;
    this.#waitedOpenNs = 0;
    this.#waitedTlsNs = 0;
    replyDeadlines.add(this, now);
    this.#wire?.write(request.bytes);
  }

  get status(): number {
    return this.#parser.status;
  }

  reply(): Reply {
    return this.#parser.reply();
  }

  /** Close without telling the owner. */
  close(): void {
    if (this.place === place.connecting) this.#context.connectDeadlines.remove(this);
    else if (this.place === place.busy) this.#context.replyDeadlines.remove(this);
    this.place = place.down;
    this.#wire?.destroy();
    this.#wire = null;
  }

  backoffNs(): number {
    return backoffNs(this.#failures);
  }

  expire(nowNs: number): void {
    const elapsed = (
      (nowNs - (this.place === place.busy ? this.requestedNs : this.#openingNs)) /
      1e6
    ).toFixed(0);
    if (this.place === place.busy) {
      this.#fail('timeout', `no complete reply within ${elapsed}ms`);
    } else {
      this.#fail('connect_timeout', `no connection within ${elapsed}ms`);
    }
  }

  // ---- events of the wire

  opened(tlsNs = 0): void {
    if (this.place !== place.connecting) return;
    const { connectDeadlines, owner, connected, loop } = this.#context;
    connectDeadlines.remove(this);
    this.place = place.idle;
    const tookNs = loop.now() - this.#openingNs;
    connected(tookNs, tlsNs);
    this.#waitedOpenNs = this.step === null ? 0 : tookNs;
    this.#waitedTlsNs = this.step === null ? 0 : tlsNs;
    owner.opened(this);
  }

  received(bytes: Uint8Array, length: number): void {
    // hot path
    this.#context.traffic.bytesIn += length;
    if (this.place !== place.busy) {
      // bytes that no request asked for, a 408 before the close for instance
      this.#lose();
      return;
    }
    const parser = this.#parser;
    const used = parser.push(bytes, 0, length);
    if (parser.state === reply.more) {
      // the clock is read for replies that come in pieces only
      if (this.firstByteNs === 0) this.firstByteNs = this.#context.loop.now();
      return;
    }
    const fault = replyFault(parser, used, length);
    if (fault === null) this.#complete();
    else this.#fail(fault.failure, fault.detail);
  }

  ended(): void {
    if (this.place === place.connecting)
      this.#fail('closed', 'the server closed the connection while it was opened');
    else if (this.place === place.busy) this.#endReply();
    else this.#lose();
  }

  closed(error: Error | null): void {
    if (this.place === place.down) return;
    if (error === null) this.ended();
    else if (this.place === place.idle) this.#lose();
    else if (this.place === place.busy && this.#isStale()) this.#fail('stale_connection', error.message);
    else this.#fail(classOfSocketError(error), error.message);
  }

  // ---- ends of an operation

  #complete(): void {
    // hot path
    this.#context.replyDeadlines.remove(this);
    this.#replies++;
    this.#failures = 0;
    this.place = place.idle;
    if (!this.#parser.keepAlive || this.#closes) this.close();
    this.#context.owner.replied(this);
  }

  #endReply(): void {
    if (this.#isStale())
      this.#fail('stale_connection', 'the server closed the kept-alive connection as the request was sent');
    else if (this.#parser.end() === reply.done) this.#complete();
    else this.#fail(this.#parser.fault, this.#parser.reason);
  }

  /** Not one byte of a reply, soon after the request, on a connection that has served before: the close crossed it. */
  #isStale(): boolean {
    const unused = this.#replies > 0 && this.#parser.seenBytes === 0;
    return unused && this.#context.loop.now() - this.requestedNs < staleWithinNs;
  }

  #fail(failure: ErrorClass, detail: string): void {
    const connecting = this.place === place.connecting;
    const stale = failure === 'stale_connection';
    this.close();
    if (!stale) this.#failures++;
    if (connecting) this.#context.owner.openFailed(this, failure, detail);
    else this.#context.owner.failed(this, failure, detail);
  }

  #lose(): void {
    // a server that closes every unused connection at once must not make a hot loop
    if (this.#replies === 0) this.#failures++;
    this.close();
    this.#context.owner.lost(this);
  }
}
