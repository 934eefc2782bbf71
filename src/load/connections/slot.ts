import { backoffNs } from './connection.ts';
import { place } from './channel.ts';
import type { Channel, Place } from './channel.ts';
import type { Deadlined } from './deadline-queue.ts';
import type { Reply } from '../flows/exchange.ts';
import type { Session } from '../flows/session.ts';
import type { Step } from '../flows/flows.ts';
import type { Operation } from '../protocols/framing.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { SharedConnection } from './shared-connection.ts';
import type { SharedSession } from './shared-session.ts';

const noReply: Reply = { status: 0, headers: [], body: new Uint8Array(0) };

/** One of the channels that share a connection: a place in its pipeline, or a stream. */
export class Slot implements Channel, Deadlined, Operation {
  readonly id: number;
  readonly seat: number;
  place: Place = place.down;

  // Kept by the owner.
  step: Step | null = null;
  phase = 0;
  dueNs = 0;
  sentNs = 0;
  session: Session | null = null;
  again: EncodedRequest | null = null;
  backingOff = false;
  listed = false;

  deadlineNs = 0;
  earlier: Deadlined | null = null;
  later: Deadlined | null = null;
  queued = false;

  requestedNs = 0;
  firstByteNs = 0;
  readonly openNs = 0;
  readonly tlsNs = 0;

  // Kept by the connection.
  /** The connection that it is on; null while it is down. */
  link: SharedSession | null = null;
  /** Of its own, in a row. */
  failures = 0;
  status = 0;

  readonly #shared: SharedConnection;

  constructor(id: number, seat: number, shared: SharedConnection) {
    this.id = id;
    this.seat = seat;
    this.#shared = shared;
  }

  open(): void {
    this.place = place.connecting;
    this.#shared.join(this);
  }

  send(request: EncodedRequest): void {
    // hot path
    this.link?.send(this, request);
  }

  /** Valid while its owner is told of the reply. */
  reply(): Reply {
    return this.link?.replyOf(this) ?? noReply;
  }

  close(): void {
    this.link?.leave(this);
    this.place = place.down;
  }

  backoffNs(): number {
    return backoffNs(Math.max(this.failures, this.#shared.failures));
  }

  expire(nowNs: number): void {
    this.link?.expired(this, nowNs);
  }
}
