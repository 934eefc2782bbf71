import {
  defaultMaxFrameBytes,
  defaultWindowBytes,
  flag,
  frameHeadBytes,
  frameType,
  maxWindowBytes,
  writeFrameHead,
} from './frames.ts';
import type { FramingOutput } from '../framing.ts';
import type { EncodedRequest } from '../protocol.ts';
import type { Http2Stream } from './http2-stream.ts';

const nothing = new Uint8Array(0);

/** Sends requests within what the server has room for (RFC 9113 section 5.2). */
export class Http2Sender {
  /** Room in each stream when it begins. */
  initialWindow = defaultWindowBytes;
  readonly #out: FramingOutput;
  #window = defaultWindowBytes;
  /** Streams with a body that is not sent yet, in the order of their requests. */
  readonly #blocked = new Set<Http2Stream>();
  readonly #frameHead = Buffer.alloc(frameHeadBytes);

  constructor(out: FramingOutput) {
    this.#out = out;
  }

  request(stream: Http2Stream, { bytes, headBytes = bytes.length }: EncodedRequest): void {
    // hot path
    stream.sendWindow = this.initialWindow;
    this.#writeHead(bytes, headBytes, stream.id);
    if (headBytes === bytes.length) return;
    stream.unsent = bytes.subarray(headBytes);
    this.#blocked.add(stream);
    this.#sendBody(stream);
  }

  /** Its body is not to be sent any more. */
  drop(stream: Http2Stream): void {
    if (stream.unsent.length === 0) return;
    stream.unsent = nothing;
    this.#blocked.delete(stream);
  }

  /** The server has room for so many more bytes; null for the whole connection. False when that is more than can be. */
  widen(stream: Http2Stream | null, bytes: number): boolean {
    if (stream === null) {
      this.#window += bytes;
      if (this.#window > maxWindowBytes) return false;
      for (const blocked of this.#blocked) this.#sendBody(blocked);
      return true;
    }
    stream.sendWindow += bytes;
    if (stream.sendWindow > maxWindowBytes) return false;
    if (stream.unsent.length > 0) this.#sendBody(stream);
    return true;
  }

  #sendBody(stream: Http2Stream): void {
    for (;;) {
      const { unsent, sendWindow, id } = stream;
      const bytes = Math.min(unsent.length, defaultMaxFrameBytes, sendWindow, this.#window);
      if (bytes <= 0) return;
      const last = bytes === unsent.length;
      stream.sendWindow -= bytes;
      this.#window -= bytes;
      writeFrameHead(this.#frameHead, 0, {
        bytes,
        type: frameType.data,
        flags: last ? flag.endStream : 0,
        stream: id,
      });
      this.#out.write(this.#frameHead);
      this.#out.write(unsent.subarray(0, bytes));
      stream.unsent = last ? nothing : unsent.subarray(bytes);
      if (!last) continue;
      this.#blocked.delete(stream);
      return;
    }
  }

  /** The frames of the head, each with the stream's number in the place of 0: the writer copies them. */
  #writeHead(bytes: Buffer, headBytes: number, id: number): void {
    // hot path
    for (let at = 0; at < headBytes; at += frameHeadBytes + bytes.readUIntBE(at, 3))
      bytes.writeUInt32BE(id, at + 5);
    this.#out.write(headBytes === bytes.length ? bytes : bytes.subarray(0, headBytes));
  }
}
