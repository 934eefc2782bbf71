import { defaultMaxFrameBytes, frameHeadBytes, frameType } from './frames.ts';

/** What the reader tells. Payloads are valid during the call only. */
export interface FrameEvents {
  /** A frame other than DATA, whole: bytes[start..end) is its payload. */
  frame(type: number, flags: number, stream: number, bytes: Uint8Array, start: number, end: number): void;
  /** A DATA frame begins. */
  data(stream: number, flags: number, bytes: number): void;
  /** Some of its payload. */
  dataPart(bytes: Uint8Array, start: number, end: number): void;
  /** All of its payload has come. */
  dataEnd(): void;
  /** The frame is longer than allowed, or no frame at all. */
  tooLong(bytes: number): void;
}

/**
 * Cuts bytes that come in any pieces into frames (RFC 9113 section 4.1). DATA is passed on as it comes, without a
 * copy; other frames that are cut are put together first.
 */
export class FrameReader {
  /** Nothing is told any more. */
  stopped = false;

  readonly #events: FrameEvents;
  readonly #head = new Uint8Array(frameHeadBytes);
  #headBytes = 0;
  /** Payload still to come of the frame whose head is complete; -1 between frames. */
  #left = -1;
  readonly #payload = Buffer.allocUnsafeSlow(defaultMaxFrameBytes);
  #payloadBytes = 0;
  #type = 0;
  #flags = 0;
  #stream = 0;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  push(bytes: Uint8Array, length: number): void {
    // hot path
    let at = 0;
    while (!this.stopped && (at < length || this.#left === 0)) {
      if (this.#left < 0) at = this.#readHead(bytes, at, length);
      else if (this.#type === frameType.data) at = this.#readData(bytes, at, length);
      else at = this.#readPayload(bytes, at, length);
    }
  }

  #readHead(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    let at = start;
    if (this.#headBytes === 0 && end - start >= frameHeadBytes) {
      this.#begin(bytes, start);
      return start + frameHeadBytes;
    }
    while (at < end && this.#headBytes < frameHeadBytes) this.#head[this.#headBytes++] = bytes[at++] ?? 0;
    if (this.#headBytes === frameHeadBytes) this.#begin(this.#head, 0);
    return at;
  }

  #begin(bytes: Uint8Array, at: number): void {
    // hot path
    const length = (byteAt(bytes, at) << 16) | (byteAt(bytes, at + 1) << 8) | byteAt(bytes, at + 2);
    this.#headBytes = 0;
    if (length > defaultMaxFrameBytes) {
      this.stopped = true;
      this.#events.tooLong(length);
      return;
    }
    this.#left = length;
    this.#payloadBytes = 0;
    this.#type = byteAt(bytes, at + 3);
    this.#flags = byteAt(bytes, at + 4);
    // the first bit means nothing
    this.#stream =
      ((byteAt(bytes, at + 5) & 0x7f) << 24) |
      (byteAt(bytes, at + 6) << 16) |
      (byteAt(bytes, at + 7) << 8) |
      byteAt(bytes, at + 8);
    if (this.#type === frameType.data) this.#events.data(this.#stream, this.#flags, length);
  }

  #readData(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    const taken = Math.min(end - start, this.#left);
    this.#left -= taken;
    if (taken > 0) this.#events.dataPart(bytes, start, start + taken);
    if (this.#left === 0 && !this.stopped) {
      this.#left = -1;
      this.#events.dataEnd();
    }
    return start + taken;
  }

  #readPayload(bytes: Uint8Array, start: number, end: number): number {
    // hot path
    if (this.#payloadBytes === 0 && end - start >= this.#left) {
      const to = start + this.#left;
      this.#left = -1;
      this.#events.frame(this.#type, this.#flags, this.#stream, bytes, start, to);
      return to;
    }
    const taken = Math.min(end - start, this.#left);
    this.#payload.set(bytes.subarray(start, start + taken), this.#payloadBytes);
    this.#payloadBytes += taken;
    this.#left -= taken;
    if (this.#left === 0) {
      this.#left = -1;
      this.#events.frame(this.#type, this.#flags, this.#stream, this.#payload, 0, this.#payloadBytes);
    }
    return start + taken;
  }
}

/** Past the end reads as 0, which does not happen: callers look at the length first. */
function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
