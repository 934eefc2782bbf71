import { FrameReader } from './frame-reader.ts';
import { ControlFrames } from './control-frames.ts';
import { flag, frameType, maxWindowBytes, windowUpdateFrame } from './frames.ts';
import { HeaderDecoder } from './header-decoder.ts';
import type { ErrorClass } from '../../record/error-class.ts';
import type { FramingOutput } from '../framing.ts';
import type { ParserLimits } from '../protocol.ts';
import type { ControlEvents } from './control-frames.ts';
import type { FrameEvents } from './frame-reader.ts';
import type { Http2ErrorName } from './frames.ts';
import type { HeaderMemo } from './header-memo.ts';
import type { Http2Stream } from './http2-stream.ts';

/** What the receiver asks and tells; the streams are kept by whoever answers. */
export interface ReceiverEvents extends ControlEvents {
  /** Null for one that has ended, or that nobody waits for any more. */
  streamOf(id: number): Http2Stream | null;
  /** The final head of a reply that goes on has come. */
  headed(stream: Http2Stream): void;
  /** The reply is complete. */
  ended(stream: Http2Stream): void;
  failedStream(stream: Http2Stream, detail: string, failure: ErrorClass): void;
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
  readonly #control: ControlFrames;
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
    this.#control = new ControlFrames(out, events);
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
    if (!this.#control.greeted && bytes === 0x485454)
      this.#fatal('HTTP_1_1_REQUIRED', 'the server answers in HTTP/1, not HTTP/2: leave out http2');
    else
      this.#fatal('FRAME_SIZE_ERROR', `the server sent a frame of ${bytes} bytes, or does not speak HTTP/2`);
  }

  frame(type: number, flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    // hot path
    if (!this.#control.greeted && type !== frameType.settings) {
      this.#fatal('PROTOCOL_ERROR', 'the first frame of the server is not SETTINGS');
    } else if (this.#blockStream !== 0 && (type !== frameType.continuation || id !== this.#blockStream)) {
      this.#fatal('PROTOCOL_ERROR', 'a header block is interrupted by another frame');
    } else if (type === frameType.headers) {
      this.#onHeaders(flags, id, bytes, start, end);
    } else if (type === frameType.windowUpdate || !this.#isTooBusy()) {
      const payload = bytes.subarray(start, end);
      if (type === frameType.continuation) this.#onContinuation(flags, id, payload);
      else this.#control.take(type, flags, id, payload);
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
    if (
      !this.#control.greeted ||
      this.#blockStream !== 0 ||
      this.#events.isUnused(id) ||
      (padded && bytes === 0)
    ) {
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

  // ---- bounds

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
