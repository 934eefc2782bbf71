import {
  defaultWindowBytes,
  errorName,
  goawayFrame,
  maxWindowBytes,
  preface,
  resetFrame,
  setting,
  settingsFrame,
  windowUpdateFrame,
} from './frames.ts';
import { Http2Receiver } from './http2-receiver.ts';
import { Http2Sender } from './http2-sender.ts';
import { Http2Stream } from './http2-stream.ts';
import type { Clock } from '../../../measure/clock.ts';
import type { Exchange, Reply } from '../../flows/exchange.ts';
import type { ErrorClass } from '../../record/error-class.ts';
import type { Framing, FramingEvents, FramingOutput, Operation } from '../framing.ts';
import type { EncodedRequest, ParserLimits } from '../protocol.ts';
import type { Http2ErrorName } from './frames.ts';
import type { HeaderMemo } from './header-memo.ts';
import type { ReceiverEvents } from './http2-receiver.ts';

export interface Http2Options {
  readonly limits: ParserLimits;
  readonly memo: HeaderMemo;
  readonly now: Clock;
}

interface Waiting {
  readonly operation: Operation;
  readonly request: EncodedRequest;
  readonly wants: Exchange['wants'] | null;
}

const noReply: Reply = { status: 0, headers: [], body: new Uint8Array(0) };

/** Streams are numbered with 31 bits; a connection ends somewhat earlier. */
const lastStream = 2 ** 31 - 1001;

/**
 * The client's side of an HTTP/2 connection (RFC 9113), for requests that are known beforehand: they are encoded
 * before the run and only numbered here. Replies may take all the room they want on the way, since they are read at
 * once; only what is wanted of them is kept. It is ready when the server has said how many streams it allows. An error of a stream ends that stream, one of the connection all.
 */
export class Http2Framing implements Framing, ReceiverEvents {
  readonly ordered = false;

  readonly #limits: ParserLimits;
  readonly #now: Clock;
  readonly #events: FramingEvents;
  readonly #out: FramingOutput;
  readonly #receiver: Http2Receiver;
  readonly #sender: Http2Sender;
  /** Open streams by number. */
  readonly #open = new Map<number, Http2Stream>();
  /** By seat; used for one request after the other. */
  readonly #streams: Http2Stream[] = [];
  /** Requests for which the server has no stream yet. */
  readonly #waiting: Waiting[] = [];
  /** Streams whose head came in the piece of input at hand. */
  readonly #begun: Http2Stream[] = [];
  #nextId = 1;
  /** As many as we like, unless the server says otherwise (RFC 9113 section 6.5.2). */
  #maxStreams = Infinity;
  #draining = false;
  #broken = false;

  constructor({ limits, memo, now }: Http2Options, events: FramingEvents, out: FramingOutput) {
    this.#limits = limits;
    this.#now = now;
    this.#events = events;
    this.#out = out;
    this.#receiver = new Http2Receiver({ limits, memo, out }, this);
    this.#sender = new Http2Sender(out);
  }

  get accepts(): boolean {
    return !this.#draining && !this.#broken;
  }

  get untouched(): boolean {
    for (const stream of this.#open.values()) if (stream.hasHead) return false;
    return true;
  }

  start(): void {
    this.#out.write(preface);
    this.#out.write(
      settingsFrame([
        [setting.enablePush, 0],
        [setting.initialWindowSize, maxWindowBytes],
        [setting.maxHeaderListSize, this.#limits.maxHeaderBytes],
      ]),
    );
    this.#out.write(windowUpdateFrame(0, maxWindowBytes - defaultWindowBytes));
  }

  request(operation: Operation, request: EncodedRequest, wants: Exchange['wants'] | null): void {
    // hot path
    if (this.#open.size >= this.#maxStreams) this.#waiting.push({ operation, request, wants });
    else this.#begin(operation, request, wants);
  }

  push(bytes: Uint8Array, length: number): void {
    // hot path
    this.#receiver.push(bytes, length);
    if (this.#begun.length > 0) this.#markFirstBytes();
  }

  end(): void {
    this.#break('closed', 'the server closed the connection');
  }

  forget(operation: Operation): void {
    const waiting = this.#waiting.findIndex((one) => one.operation === operation);
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    const stream = this.#streams[operation.seat];
    if (stream === undefined || stream.operation !== operation || stream.id === 0) return;
    this.#out.write(resetFrame(stream.id, 'CANCEL'));
    this.#close(stream);
    this.#sendWaiting();
  }

  status({ seat }: Operation): number {
    return this.#streams[seat]?.status ?? 0;
  }

  reply({ seat }: Operation): Reply {
    return this.#streams[seat]?.reply() ?? noReply;
  }

  takeOutstanding(): Operation[] {
    this.#broken = true;
    this.#receiver.stop();
    const operations: Operation[] = [];
    for (const stream of this.#open.values()) {
      if (stream.operation !== null) operations.push(stream.operation);
      stream.id = 0;
      stream.operation = null;
    }
    this.#open.clear();
    for (const { operation } of this.#waiting.splice(0)) operations.push(operation);
    return operations;
  }

  // ---- what the server says

  streamOf(id: number): Http2Stream | null {
    // hot path
    return this.#open.get(id) ?? null;
  }

  isUnused(id: number): boolean {
    // hot path
    return id === 0 || id % 2 === 0 || id >= this.#nextId;
  }

  headed(stream: Http2Stream): void {
    // hot path
    this.#begun.push(stream);
  }

  ended(stream: Http2Stream): void {
    // hot path
    const { operation } = stream;
    const problem = stream.end();
    if (problem !== '') {
      this.failedStream(stream, `the reply is not valid: ${problem}`, 'protocol');
      return;
    }
    // the server has answered without reading all of the request
    if (stream.unsent.length > 0) this.#out.write(resetFrame(stream.id, 'CANCEL'));
    this.#close(stream);
    if (operation !== null) this.#events.replied(operation);
    if (this.#waiting.length > 0) this.#sendWaiting();
  }

  failedStream(stream: Http2Stream, detail: string, failure: ErrorClass): void {
    const { operation } = stream;
    this.#out.write(resetFrame(stream.id, failure === 'protocol' ? 'PROTOCOL_ERROR' : 'CANCEL'));
    this.#close(stream);
    if (operation !== null) this.#events.failed(operation, failure, detail);
    this.#sendWaiting();
  }

  fatal(error: Http2ErrorName, detail: string): void {
    if (!this.#broken) this.#out.write(goawayFrame(error));
    this.#break('protocol', detail);
  }

  settings(view: DataView, isFirst: boolean): void {
    for (let at = 0; at < view.byteLength && !this.#broken; at += 6) {
      const value = view.getUint32(at + 2);
      const key = view.getUint16(at);
      if (key === setting.maxConcurrentStreams) this.#maxStreams = value;
      else if (key === setting.initialWindowSize) this.#setWindow(value);
    }
    if (isFirst && !this.#broken) this.#events.ready();
    this.#sendWaiting();
  }

  widened(id: number, bytes: number): void {
    const stream = id === 0 ? null : this.#open.get(id);
    if (stream === undefined || this.#sender.widen(stream, bytes)) return;
    if (stream === null) this.fatal('FLOW_CONTROL_ERROR', 'a window is larger than allowed');
    else this.failedStream(stream, 'the reply is not valid: a window is larger than allowed', 'protocol');
  }

  reset(id: number, code: number): void {
    const stream = this.#open.get(id);
    if (stream === undefined) return;
    const { operation } = stream;
    this.#close(stream);
    if (operation !== null)
      this.#events.failed(operation, 'reset', `the server reset the stream (${errorName(code)})`);
    this.#sendWaiting();
  }

  /** Streams above the last one that the server says it takes never reached it (RFC 9113 section 6.8). */
  goaway(lastId: number, code: number): void {
    const wasDraining = this.#draining;
    this.#draining = true;
    const failure: ErrorClass = code === 0 ? 'stale_connection' : 'closed';
    const detail = `the server closes the connection (GOAWAY ${errorName(code)}) and has not taken the request`;
    const lost = this.#waiting.splice(0).map(({ operation }) => operation);
    for (const stream of this.#open.values()) {
      if (stream.id <= lastId) continue;
      if (stream.operation !== null) lost.push(stream.operation);
      this.#close(stream);
    }
    for (const operation of lost) this.#events.failed(operation, failure, detail);
    if (!wasDraining) this.#events.draining();
  }

  // ---- streams

  #begin(operation: Operation, request: EncodedRequest, wants: Exchange['wants'] | null): void {
    // hot path
    const stream = (this.#streams[operation.seat] ??= new Http2Stream());
    const id = this.#nextId;
    this.#nextId += 2;
    stream.begin(id, operation, request.bodiless, wants);
    this.#open.set(id, stream);
    this.#sender.request(stream, request);
    if (id >= lastStream && !this.#draining) {
      this.#draining = true;
      this.#events.draining();
    }
  }

  #close(stream: Http2Stream): void {
    // hot path
    this.#sender.drop(stream);
    this.#open.delete(stream.id);
    stream.id = 0;
    stream.operation = null;
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0 && this.#open.size < this.#maxStreams && !this.#broken) {
      const next = this.#waiting.shift();
      if (next !== undefined) this.#begin(next.operation, next.request, next.wants);
    }
  }

  /** Streams that are open get the difference (RFC 9113 section 6.9.2). */
  #setWindow(bytes: number): void {
    const more = bytes - this.#sender.initialWindow;
    this.#sender.initialWindow = bytes;
    let valid = bytes <= maxWindowBytes;
    for (const stream of this.#open.values()) valid = this.#sender.widen(stream, more) && valid;
    if (!valid) this.fatal('FLOW_CONTROL_ERROR', 'a window is larger than allowed');
  }

  #markFirstBytes(): void {
    // hot path
    let now = 0;
    for (const { operation, hasHead } of this.#begun) {
      // it may have ended since, and carry the next request
      if (operation === null || !hasHead || operation.firstByteNs !== 0) continue;
      if (now === 0) now = this.#now();
      operation.firstByteNs = now;
    }
    this.#begun.length = 0;
  }

  #break(failure: ErrorClass, detail: string): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#receiver.stop();
    this.#events.broken(failure, detail);
  }
}
