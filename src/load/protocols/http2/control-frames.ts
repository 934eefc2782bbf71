import { flag, frame, frameType } from './frames.ts';
import type { FramingOutput } from '../framing.ts';
import type { Http2ErrorName } from './frames.ts';

/** What frames without a part of a reply say; the streams are kept by whoever answers. */
export interface ControlEvents {
  /** A stream that we have not opened yet, or that is not ours. */
  isUnused(id: number): boolean;
  /** An entry of SETTINGS each; `view` holds pairs of a 16-bit name and a 32-bit value. */
  settings(view: DataView, isFirst: boolean): void;
  widened(id: number, bytes: number): void;
  reset(id: number, code: number): void;
  goaway(lastId: number, code: number): void;
  /** The connection is of no use any more: nothing more is read from it. */
  fatal(error: Http2ErrorName, detail: string): void;
}

/** Checks and answers the frames that carry no part of a reply (RFC 9113 sections 6.3 to 6.9). */
export class ControlFrames {
  /** The server's first SETTINGS have come. */
  greeted = false;
  readonly #out: FramingOutput;
  readonly #events: ControlEvents;

  constructor(out: FramingOutput, events: ControlEvents) {
    this.#out = out;
    this.#events = events;
  }

  /** Types that are not known are extensions that nobody asked for (RFC 9113 section 5.5). */
  take(type: number, flags: number, id: number, payload: Uint8Array): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (type === frameType.settings) this.#onSettings(flags, id, view);
    else if (type === frameType.windowUpdate) this.#onWindowUpdate(id, view);
    else if (type === frameType.ping) this.#onPing(flags, id, payload);
    else if (type === frameType.rstStream) this.#onReset(id, view);
    else if (type === frameType.goaway) this.#onGoaway(id, view);
    else if (type === frameType.pushPromise)
      this.#events.fatal('PROTOCOL_ERROR', 'the server pushes, which was refused');
    else if (type === frameType.priority && payload.length !== 5)
      this.#events.fatal('FRAME_SIZE_ERROR', 'a PRIORITY frame is malformed');
  }

  #onSettings(flags: number, id: number, view: DataView): void {
    const isFirst = !this.greeted;
    this.greeted = true;
    const isAck = (flags & flag.ack) !== 0;
    if (id !== 0 || view.byteLength % 6 !== 0 || (isAck && (view.byteLength > 0 || isFirst))) {
      this.#events.fatal('FRAME_SIZE_ERROR', 'a SETTINGS frame is malformed');
      return;
    }
    if (isAck) return;
    this.#out.write(frame(frameType.settings, flag.ack, 0, nothing));
    this.#events.settings(view, isFirst);
  }

  #onWindowUpdate(id: number, view: DataView): void {
    const bytes = view.byteLength === 4 ? view.getUint32(0) & 0x7fffffff : 0;
    if (bytes === 0 || (id !== 0 && this.#events.isUnused(id)))
      this.#events.fatal('PROTOCOL_ERROR', 'a WINDOW_UPDATE frame is malformed');
    else this.#events.widened(id, bytes);
  }

  #onPing(flags: number, id: number, payload: Uint8Array): void {
    if (id !== 0 || payload.length !== 8) this.#events.fatal('FRAME_SIZE_ERROR', 'a PING frame is malformed');
    else if ((flags & flag.ack) === 0) this.#out.write(frame(frameType.ping, flag.ack, 0, payload));
  }

  #onReset(id: number, view: DataView): void {
    if (view.byteLength !== 4 || this.#events.isUnused(id))
      this.#events.fatal('PROTOCOL_ERROR', 'a RST_STREAM frame is malformed');
    else this.#events.reset(id, view.getUint32(0));
  }

  #onGoaway(id: number, view: DataView): void {
    if (id !== 0 || view.byteLength < 8)
      this.#events.fatal('FRAME_SIZE_ERROR', 'a GOAWAY frame is malformed');
    else this.#events.goaway(view.getUint32(0) & 0x7fffffff, view.getUint32(4));
  }
}

const nothing = new Uint8Array(0);
