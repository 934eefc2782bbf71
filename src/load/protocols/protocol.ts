import type { StepPlan } from '../../model/plan.ts';
import type { Exchange, Reply } from '../flows/exchange.ts';

/**
 * The seam between the engine and a wire protocol, without input or output: the engine moves bytes, the protocol
 * says what they mean. One request is outstanding on a connection at a time.
 */
export interface Protocol {
  /** Encode a step once, before the run. Throws PerfkitError for a step that cannot be sent. */
  readonly encode: (step: StepPlan, context: EncodeContext) => EncodedRequest;
  /** Makes a parser for each connection of a run. */
  readonly parsers: (limits: ParserLimits) => () => ReplyParser;
}

export interface EncodeContext {
  readonly origin: URL;
  readonly userAgent: string;
  /** Where `${secret:NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface EncodedRequest {
  readonly bytes: Buffer;
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

/**
 * Bytes in, one reply out. The result does not depend on how the bytes were cut. Fields are valid after `done`
 * (or `failed`) until the next `expect`. It must not keep the pushed buffer: the next read overwrites it.
 */
export interface ReplyParser {
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
