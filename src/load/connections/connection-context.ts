import type { ChannelOwner } from './channel.ts';
import type { DeadlineQueue } from './deadline-queue.ts';
import type { EventLoop } from '../engine/event-loop.ts';
import type { Transport } from './transport.ts';

/** What all connections of a lane share. */
export interface ConnectionContext {
  readonly loop: EventLoop;
  readonly transport: Transport;
  readonly owner: ChannelOwner;
  readonly connectDeadlines: DeadlineQueue;
  readonly replyDeadlines: DeadlineQueue;
  readonly traffic: Traffic;
  /** A connection opened. */
  readonly connected: (tookNs: number, tlsNs: number) => void;
}

export interface Traffic {
  bytesIn: number;
  bytesOut: number;
}
