import type { Recorder } from '../record/recorder.ts';

/** A phase as a lane sees it. */
export interface LanePhase {
  /** Position among the plan's phases. */
  readonly index: number;
  readonly model: 'open' | 'closed';
  /** Open: connections (at most so many flows at once). Closed: users at its start. */
  readonly size: number;
  /** Infinity for no limit. */
  readonly maxRequests: number;
  readonly recorder: Recorder;
}

/**
 * The seam between the engine, which knows phases and time, and one way of carrying flows out: request and reply over
 * pooled connections, a socket a user, a function of the scenario. The engine says when flows of an open phase are due
 * and how many users a closed one has; the lane carries them out and records each operation once when it ends, with the
 * time at which it was due.
 *
 *     prepare ─> begin ─> arrive ... arrive | setUsers ─> quiesce ─> (what is under way ends) ─> close
 *        ^───────────────── next phase ───────────────────┘
 */
export interface Lane {
  /**
   * Open what the phase needs, before its clock starts. Resolves when that is done, has failed (the phase's operations
   * then show it) or `close` was called; never rejects.
   */
  readonly prepare: (phase: LanePhase) => Promise<void>;
  /** The phase's clock starts. In a closed phase the users start by themselves. */
  readonly begin: (phase: LanePhase) => void;
  /** Open phase: a flow is due. False when the phase has had all its requests. */
  readonly arrive: (dueNs: number) => boolean;
  /** Closed phase with a ramp: have so many users from now on; surplus ones go when their flow ends. */
  readonly setUsers: (users: number) => void;
  /** Nothing starts any more; what waits or is under way goes on. */
  readonly quiesce: () => void;
  /** End everything at once; what was under way or waiting is recorded as cut. */
  readonly close: (aborted: boolean) => void;
  readonly levels: () => LaneLevels;
}

/** Now. */
export interface LaneLevels {
  readonly inFlight: number;
  /** Arrivals that wait for a connection. */
  readonly waiting: number;
  readonly connections: number;
}
