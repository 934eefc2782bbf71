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
}

export interface WireEvents {
  opened(): void;
  /** bytes[0..length), valid during the call only. */
  received(bytes: Uint8Array, length: number): void;
  /** The peer will send no more. */
  ended(): void;
  /** Gone: the error, or null when the peer closed in order. Last event. */
  closed(error: Error | null): void;
}
