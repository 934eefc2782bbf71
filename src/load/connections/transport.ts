/** The seam below a connection: a byte stream to the target. */
export interface Transport {
  /** Begin to connect. No event is raised before it returns. */
  readonly open: (events: WireEvents) => Wire;
}

export interface Wire {
  /** Send; the bytes must not be changed afterwards. Failures come as `closed`. */
  write(bytes: Uint8Array): void;
  /** Close at once; no event comes afterwards. */
  destroy(): void;
  /**
   * Let go of it; no event comes afterwards. The peer was asked to close and is given a second for that: who closes
   * first keeps the port for a minute (TIME_WAIT, RFC 9293 section 3.6.1), and ports are what a client runs out of.
   */
  release(): void;
}

export interface WireEvents {
  /** `tlsNs`: how long the TLS handshake took; nothing without TLS. */
  opened(tlsNs?: number): void;
  /** bytes[0..length), valid during the call only. */
  received(bytes: Uint8Array, length: number): void;
  /** The peer will send no more. */
  ended(): void;
  /** Gone: the error, or null when the peer closed in order. Last event. */
  closed(error: Error | null): void;
}
