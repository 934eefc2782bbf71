import { FrameReader } from './frame-reader.ts';
import { flag, frame, frameType, maxWindowBytes, windowUpdateFrame } from './frames.ts';
import { HeaderDecoder } from './header-decoder.ts';
import type { ErrorClass } from '../../record/error-class.ts';
import type { FramingOutput } from '../framing.ts';
import type { ParserLimits } from '../protocol.ts';
import type { FrameEvents } from './frame-reader.ts';
import type { Http2ErrorName } from './frames.ts';
import type { HeaderMemo } from './header-memo.ts';
import type { Http2Stream } from './http2-stream.ts';

/** What the receiver asks and tells; the streams are kept by whoever answers. */
export interface ReceiverEvents {
  /** Null for one that has ended, or that nobody waits for any more. */
  streamOf(id: number): Http2Stream | null;
  /** A stream that we have not opened yet, or that is not ours. */
  isUnused(id: number): boolean;
  /** The final head of a reply that goes on has come. */
  headed(stream: Http2Stream): void;
  /** The reply is complete. */
  ended(stream: Http2Stream): void;
  failedStream(stream: Http2Stream, detail: string, failure: ErrorClass): void;
  /** The connection is of no use any more. */
  fatal(error: Http2ErrorName, detail: string): void;
  /** An entry of SETTINGS each; `view` holds pairs of a 16-bit name and a 32-bit value. */
  settings(view: DataView, isFirst: boolean): void;
  widened(id: number, bytes: number): void;
  reset(id: number, code: number): void;
  goaway(lastId: number, code: number): void;
}

export interface ReceiverOptions {
  readonly limits: ParserLimits;
  readonly memo: HeaderMemo;
  readonly out: FramingOutput;
}

/** Frames that ask for an answer or mean nothing, between two replies; more is a server that keeps us busy. */
const maxIdleFrames = 10_000;

/** Reads what the server sends on an HTTP/2 connection and checks it (RFC 9113 sections 4 to 6). */
export class Http2Receiver implements FrameEvents {
  readonly #limits: ParserLimits;
  readonly #out: FramingOutput;
  readonly #events: ReceiverEvents;
  readonly #reader: FrameReader;
  readonly #decoder: HeaderDecoder;
  #greeted = false;
  #idleFrames = 0;
  /** Bytes of DATA since room was given back the last time. */
  #taken = 0;
  /** The DATA frame that is coming: its stream, if anybody waits for it, and how its padding stands. */
  #dataStream: Http2Stream | null = null;
  #dataFlags = 0;
  #dataLeft = 0;
  #padding = 0;
  /** A header block that goes on in CONTINUATION frames; its stream, 0 for none. */
  #blockStream = 0;
  #blockEnds = false;
  #block: Buffer[] = [];
  #blockBytes = 0;

  constructor({ limits, memo, out }: ReceiverOptions, events: ReceiverEvents) {
    this.#limits = limits;
    this.#out = out;
    this.#events = events;
    this.#reader = new FrameReader(this);
    this.#decoder = new HeaderDecoder(limits.maxHeaderBytes, memo);
  }

  push(bytes: Uint8Array, length: number): void {
    // hot path
    this.#reader.push(bytes, length);
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#reader.stopped = true;
  }

  // ---- frames

  tooLong(bytes: number): void {
    // "HTT" read as a length
    if (!this.#greeted && bytes === 0x485454)
      this.#fatal('HTTP_1_1_REQUIRED', 'the server answers in HTTP/1, not HTTP/2: leave out http2');
    else
      this.#fatal('FRAME_SIZE_ERROR', `the server sent a frame of ${bytes} bytes, or does not speak HTTP/2`);
  }

  frame(type: number, flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    // hot path
    if (!this.#greeted && type !== frameType.settings) {
      this.#fatal('PROTOCOL_ERROR', 'the first frame of the server is not SETTINGS');
    } else if (this.#blockStream !== 0 && (type !== frameType.continuation || id !== this.#blockStream)) {
      this.#fatal('PROTOCOL_ERROR', 'a header block is interrupted by another frame');
    } else if (type === frameType.headers) {
      this.#onHeaders(flags, id, bytes, start, end);
    } else if (type === frameType.windowUpdate || !this.#isTooBusy()) {
      this.#onOther(type, flags, id, bytes.subarray(start, end));
    }
  }

  data(id: number, flags: number, bytes: number): void {
    // hot path
    const padded = (flags & flag.padded) !== 0;
    const stream = this.#events.streamOf(id);
    this.#dataStream = stream;
    this.#dataFlags = flags;
    this.#dataLeft = bytes;
    this.#padding = padded ? -1 : 0;
    if (!this.#greeted || this.#blockStream !== 0 || this.#events.isUnused(id) || (padded && bytes === 0)) {
      this.#fatal('PROTOCOL_ERROR', 'a DATA frame is out of place');
      return;
    }
    this.#giveBack(bytes);
    if (stream !== null && !stream.hasHead)
      this.#events.failedStream(
        stream,
        'the reply is not valid: its body comes before its header',
        'protocol',
      );
    // one without bytes and end brings nothing
    if (bytes === 0 && (flags & flag.endStream) === 0) this.#isTooBusy();
  }

  dataPart(bytes: Uint8Array, start: number, end: number): void {
    // hot path
    let from = start;
    if (this.#padding < 0) {
      this.#padding = bytes[from++] ?? 0;
      this.#dataLeft--;
      if (this.#padding > this.#dataLeft) {
        this.#fatal('PROTOCOL_ERROR', 'a frame has more padding than bytes');
        return;
      }
    }
    const stream = this.#dataStream;
    // what lies behind the body is padding
    const to = Math.min(end, from + Math.max(0, this.#dataLeft - this.#padding));
    this.#dataLeft -= end - from;
    if (stream === null || stream.id === 0 || to <= from) return;
    stream.take(bytes, from, to);
    const { maxBodyBytes } = this.#limits;
    if (stream.bodyBytes > maxBodyBytes) {
      const detail = `the reply is not valid: its body is longer than the limit of ${maxBodyBytes} bytes`;
      this.#events.failedStream(stream, detail, 'body_too_large');
    }
  }

  dataEnd(): void {
    // hot path
    const stream = this.#dataStream;
    this.#dataStream = null;
    if (stream === null || stream.id === 0 || (this.#dataFlags & flag.endStream) === 0) return;
    this.#idleFrames = 0;
    this.#events.ended(stream);
  }

  // ---- header blocks

  #onHeaders(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    // hot path
    let from = start;
    let to = end;
    if ((flags & flag.padded) !== 0) to -= bytes[from++] ?? 0;
    if ((flags & flag.priority) !== 0) from += 5;
    if (from > to || this.#events.isUnused(id)) {
      this.#fatal('PROTOCOL_ERROR', 'a HEADERS frame is out of place');
      return;
    }
    const ends = (flags & flag.endStream) !== 0;
    if ((flags & flag.endHeaders) !== 0) {
      this.#onBlock(id, ends, bytes, from, to);
      return;
    }
    this.#blockStream = id;
    this.#blockEnds = ends;
    this.#block = [Buffer.from(bytes.subarray(from, to))];
    this.#blockBytes = to - from;
  }

  #onContinuation(flags: number, id: number, payload: Uint8Array): void {
    if (this.#blockStream !== id || id === 0) {
      this.#fatal('PROTOCOL_ERROR', 'a CONTINUATION frame is out of place');
      return;
    }
    this.#block.push(Buffer.from(payload));
    this.#blockBytes += payload.length;
    if (this.#blockBytes > this.#limits.maxHeaderBytes) {
      this.#fatal('ENHANCE_YOUR_CALM', this.#headerTooLong());
    } else if ((flags & flag.endHeaders) !== 0) {
      const block = Buffer.concat(this.#block);
      this.#block = [];
      this.#blockStream = 0;
      this.#onBlock(id, this.#blockEnds, block, 0, block.length);
    }
  }

  /** Also of a stream that nobody waits for any more: the table must see every block. */
  #onBlock(id: number, ends: boolean, bytes: Uint8Array, start: number, end: number): void {
    // hot path
    const fault = this.#decoder.decode(bytes, start, end);
    if (fault === 'compression') {
      this.#fatal('COMPRESSION_ERROR', 'a header block cannot be decoded');
      return;
    }
    if (fault === 'too large') {
      this.#fatal('ENHANCE_YOUR_CALM', this.#headerTooLong());
      return;
    }
    const stream = this.#events.streamOf(id);
    if (stream === null) return;
    const problem = stream.readHead(this.#decoder.fields, ends);
    if (problem !== '') {
      this.#events.failedStream(stream, `the reply is not valid: ${problem}`, 'protocol');
    } else if (ends) {
      this.#idleFrames = 0;
      this.#events.ended(stream);
    } else if (stream.hasHead) {
      this.#events.headed(stream);
    }
  }

  #headerTooLong(): string {
    return `the reply is not valid: its header is longer than the limit of ${this.#limits.maxHeaderBytes} bytes`;
  }

  // ---- the other frames

  /** Types that are not known are extensions that nobody asked for (RFC 9113 section 5.5). */
  #onOther(type: number, flags: number, id: number, payload: Uint8Array): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (type === frameType.continuation) this.#onContinuation(flags, id, payload);
    else if (type === frameType.settings) this.#onSettings(flags, id, view);
    else if (type === frameType.windowUpdate) this.#onWindowUpdate(id, view);
    else if (type === frameType.ping) this.#onPing(flags, id, payload);
    else if (type === frameType.rstStream) this.#onReset(id, view);
    else if (type === frameType.goaway) this.#onGoaway(id, view);
    else if (type === frameType.pushPromise)
      this.#fatal('PROTOCOL_ERROR', 'the server pushes, which was refused');
    else if (type === frameType.priority && payload.length !== 5)
      this.#fatal('FRAME_SIZE_ERROR', 'a PRIORITY frame is malformed');
  }

  #onSettings(flags: number, id: number, view: DataView): void {
    const isFirst = !this.#greeted;
    this.#greeted = true;
    const isAck = (flags & flag.ack) !== 0;
    if (id !== 0 || view.byteLength % 6 !== 0 || (isAck && (view.byteLength > 0 || isFirst))) {
      this.#fatal('FRAME_SIZE_ERROR', 'a SETTINGS frame is malformed');
      return;
    }
    if (isAck) return;
    this.#out.write(frame(frameType.settings, flag.ack, 0, nothing));
    this.#events.settings(view, isFirst);
  }

  #onWindowUpdate(id: number, view: DataView): void {
    const bytes = view.byteLength === 4 ? view.getUint32(0) & 0x7fffffff : 0;
    if (bytes === 0 || (id !== 0 && this.#events.isUnused(id)))
      this.#fatal('PROTOCOL_ERROR', 'a WINDOW_UPDATE frame is malformed');
    else this.#events.widened(id, bytes);
  }

  #onPing(flags: number, id: number, payload: Uint8Array): void {
    if (id !== 0 || payload.length !== 8) this.#fatal('FRAME_SIZE_ERROR', 'a PING frame is malformed');
    else if ((flags & flag.ack) === 0) this.#out.write(frame(frameType.ping, flag.ack, 0, payload));
  }

  #onReset(id: number, view: DataView): void {
    if (view.byteLength !== 4 || this.#events.isUnused(id))
      this.#fatal('PROTOCOL_ERROR', 'a RST_STREAM frame is malformed');
    else this.#events.reset(id, view.getUint32(0));
  }

  #onGoaway(id: number, view: DataView): void {
    if (id !== 0 || view.byteLength < 8) this.#fatal('FRAME_SIZE_ERROR', 'a GOAWAY frame is malformed');
    else this.#events.goaway(view.getUint32(0) & 0x7fffffff, view.getUint32(4));
  }

  #isTooBusy(): boolean {
    if (++this.#idleFrames <= maxIdleFrames) return false;
    this.#fatal('ENHANCE_YOUR_CALM', `the server sent ${maxIdleFrames} frames and no reply`);
    return true;
  }

  /** Room for what was read, before the server runs out of it. */
  #giveBack(bytes: number): void {
    // hot path
    this.#taken += bytes;
    if (this.#taken < maxWindowBytes / 4) return;
    this.#out.write(windowUpdateFrame(0, this.#taken));
    this.#taken = 0;
  }

  #fatal(error: Http2ErrorName, detail: string): void {
    this.stop();
    this.#events.fatal(error, detail);
  }
}

const nothing = new Uint8Array(0);
