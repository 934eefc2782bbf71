import type { Clock } from '../../measure/clock.ts';
import type { Exchange, Reply } from '../flows/exchange.ts';
import type { FramingFactory } from './framing.ts';

/**
 * The seam between the engine and a wire protocol, without input or output: the engine moves bytes, the protocol
 * says what they mean. One request is outstanding on a connection at a time, unless a framing keeps several apart.
 */
export interface Protocol {
  /** Once, before the run, for a request that is the same each time; else for each operation. */
  readonly encode: (message: RequestMessage) => EncodedRequest;
  /** Makes a parser for each connection of a run. */
  readonly parsers: (limits: ParserLimits) => () => ReplyParser;
  /** Makes what keeps the operations apart that share a connection, at most `depth` at a time. */
  readonly framings: (limits: ParserLimits, depth: number, now: Clock) => FramingFactory;
}

export interface EncodeContext {
  readonly origin: URL;
  readonly userAgent: string;
  /** Where `${secret:NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970, for cookies that expire. @default Date.now */
  readonly wallMs?: () => number;
}

/** A request that has been checked: nothing in it can end a line or the message early. */
export interface RequestMessage {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  /** In order, Host first, without Content-Length unless the scenario gives it; values are Latin-1. */
  readonly headers: readonly (readonly [string, string])[];
  /** Null for none. */
  readonly body: Buffer | null;
  /** It asks the server to close the connection. */
  readonly closes: boolean;
}

export interface EncodedRequest {
  readonly bytes: Buffer;
  /** HTTP/2: how much of it is frames of the head; the body follows as it is. Absent: all of it. */
  readonly headBytes?: number;
  /** The reply has no body, whatever its headers say (HEAD). */
  readonly bodiless: boolean;
  /** The request asks the server to close afterwards. */
  readonly closes: boolean;
}

export interface ParserLimits {
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
}

/** What a parser says after a push. */
export const reply = { more: 0, done: 1, failed: 2 } as const;
export type ReplyState = (typeof reply)[keyof typeof reply];

/** Why a reply failed: it broke the protocol, or its body is longer than the limit. */
export type ReplyFault = 'protocol' | 'body_too_large' | 'closed';

/** bytes[start..end) of a body, without the transfer coding; valid during the call only. */
export type BodySink = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * Bytes in, one reply out. The result does not depend on how the bytes were cut. Fields are valid after `done`
 * (or `failed`) until the next `expect`. It must not keep the pushed buffer: the next read overwrites it.
 */
export interface ReplyParser {
  /** Gets the body as it comes; null: its bytes are only counted. */
  sink: BodySink | null;
  /** Get ready for the next reply, and keep the parts of it that are wanted. */
  expect(bodiless: boolean, wants: Exchange['wants'] | null): void;
  /** Take bytes[start..end); returns the offset behind the last byte used. `state` says how it stands. */
  push(bytes: Uint8Array, start: number, end: number): number;
  /** The peer will send no more. */
  end(): ReplyState;
  /** After `done`: the reply with the parts that were wanted. */
  reply(): Reply;
  readonly state: ReplyState;
  readonly status: number;
  /** The connection may carry another request. */
  readonly keepAlive: boolean;
  readonly bodyBytes: number;
  /** Bytes of this reply (and of interim ones) seen so far. */
  readonly seenBytes: number;
  readonly fault: ReplyFault;
  /** What was wrong, for people; empty unless failed. Holds no bytes of the reply. */
  readonly reason: string;
}
