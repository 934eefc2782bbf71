import type { SocketPlan } from '../../../model/stream-plan.ts';
import type { DeadlineQueue } from '../../connections/deadline-queue.ts';
import type { MessageWriter } from './message-writer.ts';
import type { SocketTransport } from './socket-wire.ts';

/** A step of sockets, ready to carry out; shared by its users. */
export interface SocketStep {
  /** Position among all steps of the scenario. */
  readonly index: number;
  /** For error examples. */
  readonly label: string;
  readonly plan: SocketPlan;
  readonly transport: SocketTransport;
  /** Null for a listener. */
  readonly write: MessageWriter | null;
  /** Null when no reply is expected. */
  readonly replyDeadlines: DeadlineQueue | null;
}
