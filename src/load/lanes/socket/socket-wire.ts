import type { StepFailure } from '../../flows/exchange.ts';

/** The seam below a user of sockets: one WebSocket to the target. */
export interface SocketTransport {
  /** Begin to connect. No event is raised before it returns. */
  readonly open: (events: SocketEvents) => SocketWire;
}

export interface SocketWire {
  /** Failures come as `closed`. */
  send(message: string | Uint8Array): void;
  /** What was sent and not taken by the operating system yet. */
  readonly bufferedBytes: number;
  /** Say goodbye; `closed` comes when the server has answered, or in a few seconds. */
  close(): void;
  /** Gone at once; no event comes afterwards. */
  destroy(): void;
}

export interface SocketEvents {
  opened(): void;
  /** Valid during the call only. */
  received(message: Uint8Array, isBinary: boolean): void;
  /** Last event: what went wrong; null when both sides have said goodbye. */
  closed(failure: StepFailure | null): void;
}
