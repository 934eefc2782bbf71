import { backoffNs } from './backoff.ts';
import { place } from './channel.ts';
import { ChannelState } from './channel-state.ts';
import type { Channel } from './channel.ts';
import type { Reply } from '../flows/exchange.ts';
import type { Operation } from '../protocols/framing.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { SharedConnection } from './shared-connection.ts';
import type { SharedSession } from './shared-session.ts';

const noReply: Reply = { status: 0, headers: [], body: new Uint8Array(0) };

/** One of the channels that share a connection: a place in its pipeline, or a stream. */
export class Slot extends ChannelState implements Channel, Operation {
  readonly seat: number;

  // Kept by the connection.
  /** The connection that it is on; null while it is down. */
  link: SharedSession | null = null;
  /** Of its own, in a row. */
  failures = 0;
  status = 0;

  readonly #shared: SharedConnection;

  constructor(id: number, seat: number, shared: SharedConnection) {
    super(id);
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
