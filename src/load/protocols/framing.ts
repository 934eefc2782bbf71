import type { Exchange, Reply } from '../flows/exchange.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { EncodedRequest } from './protocol.ts';

/**
 * The seam between a connection that several operations share and the protocol that keeps them apart, without input
 * or output: bytes in, ends of operations and bytes out. What comes out does not depend on how the input was cut.
 */
export interface Framing {
  /** Another request may be given to it: false once the server has said that it will close. */
  readonly accepts: boolean;
  /** The connection is open: write what comes before the first request. May be `ready` at once. */
  start(): void;
  request(operation: Operation, request: EncodedRequest, wants: Exchange['wants'] | null): void;
  /** Take bytes[0..length), valid during the call only. */
  push(bytes: Uint8Array, length: number): void;
  /** The peer will send no more: operations whose reply is complete by that are told; the rest is broken. */
  end(): void;
  /** Nobody waits for the operation's reply any more; should it come, it is passed over. */
  forget(operation: Operation): void;
  /** Of an operation that has just been told as replied. */
  status(operation: Operation): number;
  reply(operation: Operation): Reply;
  /** Operations without a reply, the earliest first; it forgets them. */
  takeOutstanding(): Operation[];
  /** Not one byte of the reply to the earliest outstanding operation has come. */
  readonly untouched: boolean;
  /** Replies come in the order of the requests, so that one that fails takes those behind it with it. */
  readonly ordered: boolean;
}

/** What a framing needs to know of an operation. */
export interface Operation {
  /** Its place among those that share the connection; one operation at a time has it. */
  readonly seat: number;
  /** Set by the framing when the reply comes in several pieces; 0 when the request is written. */
  firstByteNs: number;
  requestedNs: number;
}

/** Where a framing tells what it has seen. Every call may lead straight to `request` and `forget`. */
export interface FramingEvents {
  /** Requests may be given to it: told once, after `start`. */
  ready(): void;
  replied(operation: Operation): void;
  /** This operation alone has failed; the connection goes on. */
  failed(operation: Operation, failure: ErrorClass, detail: string): void;
  /** No more requests are taken; those outstanding go on. */
  draining(): void;
  /** The connection is of no use any more. The first outstanding operation failed so. */
  broken(failure: ErrorClass, detail: string): void;
}

/** Makes the framing of a new connection; `write` takes bytes that are copied before it returns. */
export type FramingFactory = (events: FramingEvents, out: FramingOutput) => Framing;

export interface FramingOutput {
  write(bytes: Uint8Array): void;
}
