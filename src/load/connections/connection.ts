import { classOfSocketError } from '../record/error-class.ts';
import { reply } from '../protocols/protocol.ts';
import type { DeadlineQueue, Deadlined } from './deadline-queue.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { EventLoop } from '../engine/event-loop.ts';
import type { Step } from '../engine/flows.ts';
import type { ReplyParser } from '../protocols/protocol.ts';
import type { Transport, Wire, WireEvents } from './transport.ts';

/** What a connection tells its owner. Every call may lead straight to `send`, `open` or `close`. */
export interface ConnectionOwner {
  opened(connection: Connection, tookNs: number): void;
  openFailed(connection: Connection, failure: ErrorClass, detail: string): void;
  /** The reply is complete: `parser` holds its status. The connection is idle, or down if it may not be used again. */
  replied(connection: Connection): void;
  /** The request got no valid reply. The connection is down. */
  failed(connection: Connection, failure: ErrorClass, detail: string): void;
  /** An idle connection went away: no request is hurt. */
  lost(connection: Connection): void;
}

/** What all connections of an engine share. */
export interface ConnectionContext {
  readonly loop: EventLoop;
  readonly transport: Transport;
  readonly owner: ConnectionOwner;
  readonly connectDeadlines: DeadlineQueue;
  readonly replyDeadlines: DeadlineQueue;
  readonly traffic: Traffic;
}

export interface Traffic {
  bytesIn: number;
  bytesOut: number;
}

export const place = { down: 0, connecting: 1, idle: 2, busy: 3 } as const;

const firstBackoffNs = 10e6;
const maxBackoffNs = 1e9;
/** Longer than most round trips; a server that takes longer to close has had the request. */
const staleWithinNs = 100e6;

/**
 * One connection to the target and the operation on it. At most one request is outstanding, and whatever breaks
 * the exchange (time-out, protocol error, bytes nobody asked for) closes the stream: a late reply can never be
 * taken for the next one.
 *
 *     down --open--> connecting --opened--> idle --send--> busy --replied--> idle
 *       ^----------------+--------------------+-------------+   (failure, close)
 */
export class Connection implements WireEvents, Deadlined {
  readonly id: number;
  readonly parser: ReplyParser;
  place: (typeof place)[keyof typeof place] = place.down;

  // The operation, kept by the owner: null when there is none.
  step: Step | null = null;
  phase = 0;
  dueNs = 0;
  sentNs = 0;
  /** The owner waits before it opens this connection again. */
  backingOff = false;
  /** It is in the owner's list of free connections. */
  listed = false;

  deadlineNs = 0;
  earlier: Deadlined | null = null;
  later: Deadlined | null = null;
  queued = false;

  readonly #context: ConnectionContext;
  #wire: Wire | null = null;
  #openingNs = 0;
  /** Replies on the current stream. */
  #replies = 0;
  /** Failures in a row. */
  #failures = 0;

  constructor(id: number, parser: ReplyParser, context: ConnectionContext) {
    this.id = id;
    this.parser = parser;
    this.#context = context;
  }

  /** Begin to connect. */
  open(): void {
    const now = this.#context.loop.now();
    this.place = place.connecting;
    this.#openingNs = now;
    this.#replies = 0;
    this.#context.connectDeadlines.add(this, now);
    try {
      this.#wire = this.#context.transport.open(this);
    } catch (error) {
      // net.connect throws for some local failures; they are told like the others, later
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#context.loop.soon(() => this.closed(failure));
    }
  }

  /** Send the request of the current step; the connection must be idle. */
  send(step: Step): void {
    // hot path
    const { loop, replyDeadlines, traffic } = this.#context;
    this.place = place.busy;
    this.parser.expect(step.request.bodiless);
    traffic.bytesOut += step.request.bytes.length;
    const now = loop.now();
    this.sentNs = now;
    replyDeadlines.add(this, now);
    this.#wire?.write(step.request.bytes);
  }

  /** Close without telling the owner. */
  close(): void {
    if (this.place === place.connecting) this.#context.connectDeadlines.remove(this);
    else if (this.place === place.busy) this.#context.replyDeadlines.remove(this);
    this.place = place.down;
    this.#wire?.destroy();
    this.#wire = null;
  }

  /** How long to wait before the next `open`: nothing after a good reply, else longer with each failure. */
  backoffNs(): number {
    return this.#failures === 0 ? 0 : Math.min(maxBackoffNs, firstBackoffNs * 2 ** (this.#failures - 1));
  }

  expire(nowNs: number): void {
    const elapsed = ((nowNs - (this.place === place.busy ? this.sentNs : this.#openingNs)) / 1e6).toFixed(0);
    if (this.place === place.busy) {
      this.#fail('timeout', `no complete reply within ${elapsed}ms`);
    } else {
      this.#fail('connect_timeout', `no connection within ${elapsed}ms`);
    }
  }

  // ---- events of the wire

  opened(): void {
    if (this.place !== place.connecting) return;
    const { connectDeadlines, owner, loop } = this.#context;
    connectDeadlines.remove(this);
    this.place = place.idle;
    owner.opened(this, loop.now() - this.#openingNs);
  }

  received(bytes: Uint8Array, length: number): void {
    // hot path
    this.#context.traffic.bytesIn += length;
    if (this.place !== place.busy) {
      // bytes that no request asked for, a 408 before the close for instance
      this.#lose();
      return;
    }
    const parser = this.parser;
    const used = parser.push(bytes, 0, length);
    if (parser.state === reply.more) return;
    if (parser.state === reply.failed) this.#fail(parser.fault, `the reply is not valid: ${parser.reason}`);
    else if (used < length) this.#fail('protocol', 'the reply is followed by bytes that belong to no reply');
    else this.#complete();
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
    if (!this.parser.keepAlive || this.step?.request.closes === true) this.close();
    this.#context.owner.replied(this);
  }

  #endReply(): void {
    if (this.#isStale())
      this.#fail('stale_connection', 'the server closed the kept-alive connection as the request was sent');
    else if (this.parser.end() === reply.done) this.#complete();
    else this.#fail(this.parser.fault, this.parser.reason);
  }

  /** Not one byte of a reply, soon after the request, on a connection that has served before: the close crossed it. */
  #isStale(): boolean {
    const { parser, sentNs } = this;
    return this.#replies > 0 && parser.seenBytes === 0 && this.#context.loop.now() - sentNs < staleWithinNs;
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
