import type { JsonPath } from './exchange-plan.ts';

/** A step whose connection stays open: WebSocket messages, or server-sent events. */
export type StreamPlan = SocketPlan | EventsPlan;

/** WebSocket (RFC 6455): one socket a user. */
export interface SocketPlan {
  readonly kind: 'socket';
  /** Offered in the handshake; empty for none. */
  readonly protocols: readonly string[];
  /** Offer per-message deflate (RFC 7692). */
  readonly deflate: boolean;
  /** What the user says; null for one who listens. */
  readonly send: SendPlan | null;
  /** How a reply is told; null: messages sent expect none. */
  readonly match: MatchPlan | null;
  /** Where a message says when it was sent (milliseconds since 1970, clock of this machine); null: not looked at. */
  readonly stamp: JsonPath | null;
  /** The socket closes after so many messages sent (received, for a listener), or so long; null: with its phase. */
  readonly untilMessages: number | null;
  readonly untilNs: number | null;
  readonly maxMessageBytes: number;
}

export interface SendPlan {
  /** Messages of a user are due so far apart, whatever the replies do; null: when the reply has come. */
  readonly everyNs: number | null;
  readonly format: 'text' | 'json' | 'binary';
  /** Text or JSON; may hold `${iteration}` (the number of the message on its socket) and `${secret:NAME}`. */
  readonly text: string;
  /** Length of a binary message. */
  readonly binaryBytes: number;
}

export interface MatchPlan {
  /** Where the reply repeats what the message says there as `${iteration}`; null: replies come in the order of the messages. */
  readonly place: JsonPath | null;
  readonly timeoutNs: number;
}

/** Server-sent events (WHATWG HTML, section 9.2). */
export interface EventsPlan {
  readonly kind: 'events';
  /** The operation is over, and well, after so many events or so long; at least one is given. */
  readonly untilEvents: number | null;
  readonly untilNs: number | null;
  readonly maxEventBytes: number;
}
