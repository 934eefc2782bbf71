import type { WebSocket } from 'ws';

/** Codes from 4000 are for applications (RFC 6455, 7.4.2). */
export const slowReaderCode = 4008;

export interface LiveClientOptions {
  /** Messages unread beyond which it is disconnected, as things stand now. */
  readonly maxUnreadBytes: () => number;
  readonly now: () => number;
  readonly onSlow: () => void;
}

/** Frames of positions are dropped while more than this is unread: an old position is worth nothing. */
const mostUnreadFrameBytes = 16_384;

/** A WebSocket client, what it subscribed to, and what it has been told but not read. */
export class LiveClient {
  readonly subscriptions = new Set<string>();
  readonly #socket: WebSocket;
  readonly #options: LiveClientOptions;
  /** Questions under way. */
  asking = 0;
  #heardMs: number;
  #pinged = false;

  constructor(socket: WebSocket, options: LiveClientOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#heardMs = options.now();
  }

  /** When it last said something, if only a pong. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** It was pinged and has said nothing since. */
  get isOwingPong(): boolean {
    return this.#pinged;
  }

  heard(): void {
    this.#pinged = false;
    this.#heardMs = this.#options.now();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /**
   * Send text, bytes being UTF-8: those are shared by all clients that they wait for. False when the client reads too
   * slowly (it is then disconnected) or has gone.
   */
  send(text: string | Uint8Array): boolean {
    if (!this.isOpen) return false;
    const { maxUnreadBytes, onSlow } = this.#options;
    const mostBytes = maxUnreadBytes();
    if (this.#socket.bufferedAmount > mostBytes) {
      onSlow();
      this.close(slowReaderCode, `expected at most ${mostBytes} unread bytes`);
      return false;
    }
    if (typeof text === 'string') this.#socket.send(text);
    else this.#socket.send(text, { binary: false });
    return true;
  }

  /** Send a frame of positions; false when it was dropped. */
  sendFrame(frame: Uint8Array): boolean {
    if (!this.isOpen || this.#socket.bufferedAmount > mostUnreadFrameBytes) return false;
    this.#socket.send(frame, { binary: true });
    return true;
  }

  ping(): void {
    this.#pinged = true;
    if (this.isOpen) this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
