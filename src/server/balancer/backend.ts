import type { Agent } from 'node:http';

/** An instance as the balancer sees it. */
export interface Backend {
  /** From 1. */
  readonly id: number;
  readonly port: number;
  readonly agent: Agent;
  /** What is under way on it, to be cut off when it is dead. */
  readonly underWay: Set<{ destroy: (error: Error) => unknown }>;
  /** Whether it may be given requests. */
  isUp: boolean;
  /** Requests, and WebSockets, that it has now. */
  inFlight: number;
  sockets: number;
  /** Requests given to it since the start, and those that it broke off or did not answer. */
  requests: number;
  failures: number;
}
