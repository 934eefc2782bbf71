import type { Recorder } from '../record/recorder.ts';

/** A phase as a lane sees it: this thread's share of it. */
export interface LanePhase {
  /** Position among the plan's phases. */
  readonly index: number;
  readonly model: 'open' | 'closed';
  /** Open: connections (at most so many flows at once). Closed: users at its start. */
  readonly size: number;
  /** Infinity for no limit. */
  readonly maxRequests: number;
  /** Flows of all users; Infinity for no limit. */
  readonly maxFlows: number;
  /** Closed: a user starts no more flows than these; Infinity for no limit. */
  readonly maxFlowsPerUser: number;
  /** Closed: a user's flows start so far apart, or as the one before ends if that is later; 0: at once. */
  readonly pacingNs: number;
  /** Number of this thread's first user and the distance to its next: user i here is firstUser + i * userStep. */
  readonly firstUser: number;
  readonly userStep: number;
  /**
   * Which flow (position among the plan's flows) a user runs next: by weight, from the seed, and the same on however
   * many threads the users are. An arrival of an open phase is a user whose number is the arrival's, in iteration 0.
   */
  readonly choose: (user: number, iteration: number) => number;
  readonly recorder: Recorder;
}

/**
 * The seam between the engine, which knows phases and time, and one way of carrying flows out: request and reply over
 * pooled connections, a socket a user, a function of the scenario. The engine says when flows of an open phase are due
 * and how many users a closed one has; the lane carries them out and records each operation once when it ends, with the
 * time at which it was due. It tells the phase's recorder of each flow that starts and ends, too.
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
  /** Open phase: a flow is due, for user (arrival) number `user`. False when the phase has had all that it may start. */
  readonly arrive: (dueNs: number, user: number) => boolean;
  /** Closed phase with a ramp: have so many users from now on; surplus ones go when their flow ends. */
  readonly setUsers: (users: number) => void;
  /** Nothing starts any more; what waits or is under way goes on. */
  readonly quiesce: () => void;
  /** End everything at once; what was under way or waiting is recorded as cut. */
  readonly close: (aborted: boolean) => void;
  readonly levels: () => LaneLevels;
  /** Nothing is expected from the network or a timer soon: the thread may look away for some microseconds. */
  readonly quiet: () => boolean;
}

/** Now. */
export interface LaneLevels {
  readonly inFlight: number;
  /** Arrivals that wait for a connection. */
  readonly waiting: number;
  readonly connections: number;
}
