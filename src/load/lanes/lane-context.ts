import type { LoadPlan } from '../../model/plan.ts';
import type { Traffic } from '../connections/connection-context.ts';
import type { Endpoint } from '../connections/tcp-transport.ts';
import type { Transport } from '../connections/transport.ts';
import type { EventLoop } from '../engine/event-loop.ts';
import type { Flows } from '../flows/flows.ts';
import type { ReplyParser } from '../protocols/protocol.ts';
import type { Lane } from './lane.ts';

/** What the engine gives to the lanes that it makes. */
export interface LaneContext {
  readonly plan: LoadPlan;
  readonly flows: Flows;
  readonly loop: EventLoop;
  /** Wall clock in milliseconds. */
  readonly wallMs: () => number;
  /** Where the transport connects to, for lanes with connections of another kind. */
  readonly endpoint: Endpoint;
  /** Where `${secret:NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly transport: Transport;
  readonly createParser: () => ReplyParser;
  /** Bytes that this lane has moved; read and set to 0 once a second. */
  readonly traffic: Traffic;
  /** An operation or a flow of the phase has ended; called for each, so it is quick. */
  readonly ended: (phase: number) => void;
  /** A connection opened (also without an operation), for this lane's current phase; `tlsNs` of it were TLS. */
  readonly connected: (tookNs: number, tlsNs: number) => void;
}

export type LaneFactory = (context: LaneContext) => Lane;
