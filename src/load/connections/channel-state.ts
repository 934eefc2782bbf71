import { place } from './channel.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { Session } from '../flows/session.ts';
import type { Step } from '../flows/flows.ts';
import type { Place } from './channel.ts';
import type { Deadlined } from './deadline-queue.ts';

/**
 * What every channel holds: its place, the operation that its owner has put on it, its links in a queue of deadlines,
 * and the times of its last request. A base class and not a record of its own: lanes read and write these fields several
 * times for each operation, and so they are the channel's own, at the same places in every kind of channel.
 */
export abstract class ChannelState implements Deadlined {
  readonly id: number;
  place: Place = place.down;

  // Kept by the owner: see Channel.
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
  openNs = 0;
  tlsNs = 0;

  constructor(id: number) {
    this.id = id;
  }

  abstract expire(nowNs: number): void;
}
