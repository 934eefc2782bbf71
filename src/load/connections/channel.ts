import type { ErrorClass } from '../record/error-class.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { Reply } from '../flows/exchange.ts';
import type { Session } from '../flows/session.ts';
import type { Step } from '../flows/flows.ts';

/**
 * What carries one operation at a time to the server: a connection of its own, a place in the pipeline of a shared one,
 * or a stream of a shared one (HTTP/2).
 *
 *     down --open--> connecting --opened--> idle --send--> busy --replied--> idle
 *       ^----------------+--------------------+-------------+   (failure, close)
 */
export interface Channel {
  readonly id: number;
  readonly place: Place;

  // The operation, kept by the owner: step is null when there is none.
  step: Step | null;
  phase: number;
  dueNs: number;
  /** When the request was handed to the operating system; the first one when redirects follow. */
  sentNs: number;
  /** What to send when it is open instead of the step's request: the operation goes on with it. */
  again: EncodedRequest | null;
  /** Of the flow under way; null when none of its steps has an exchange. */
  session: Session | null;
  /** The owner waits before it opens this channel again. */
  backingOff: boolean;
  /** It is in the owner's list of free channels. */
  listed: boolean;

  /** Begin to connect. */
  open(): void;
  /** Send a request of the current step; the channel must be idle. Sets `requestedNs`; tells the owner nothing yet. */
  send(request: EncodedRequest): void;
  /** Close without telling the owner. */
  close(): void;
  /** How long to wait before the next `open`: nothing after a good reply, else longer with each failure. */
  backoffNs(): number;
  /** Of the last reply. */
  readonly status: number;
  /** When the last request was given to `send`; once a connection of its own is open, when it was written there. */
  readonly requestedNs: number;
  /** When the first bytes of its reply came; 0 when they came with the last. */
  readonly firstByteNs: number;
  /** How long the last operation waited for a connection of its own, and what of that was TLS; 0: it found one open. */
  readonly openNs: number;
  readonly tlsNs: number;
  /** The last reply, with the parts that the step's exchange wants. */
  reply(): Reply;
}

export const place = { down: 0, connecting: 1, idle: 2, busy: 3 } as const;
export type Place = (typeof place)[keyof typeof place];

/** What a channel tells its owner. Every call may lead straight to `send`, `open` or `close`. */
export interface ChannelOwner {
  opened(channel: Channel): void;
  openFailed(channel: Channel, failure: ErrorClass, detail: string): void;
  /** The reply is complete. The channel is idle, or down if it may not be used again. */
  replied(channel: Channel): void;
  /** The request got no valid reply. The channel is down. */
  failed(channel: Channel, failure: ErrorClass, detail: string): void;
  /** An idle channel went away: no request is hurt. */
  lost(channel: Channel): void;
}
