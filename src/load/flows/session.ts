import type { CookieJar } from './cookies/cookie-jar.ts';
import type { Row } from '../data/row-source.ts';
import type { StepFailure } from './exchange.ts';
import type { RequestMessage } from '../protocols/protocol.ts';

/** What one user knows while a flow runs: an arrival of an open phase is a new user. Made by `Flows.startSession`. */
export interface Session {
  /** Position of the phase among the plan's. */
  readonly phase: number;
  readonly user: number;
  /** Flows that this user has started before this one. */
  iteration: number;
  /** By the position that the compiler has given to the name; null until a step captures it. */
  readonly captured: (CapturedValue | null)[];
  /** By source of data: the row of this flow; null for a source that the flow does not use. */
  readonly rows: (Row | null)[];
  /** Kept over the flows of a user; null when the flow does without cookies. */
  readonly jar: CookieJar | null;
  /** Random values drawn so far. */
  draws: number;

  // The operation under way.
  /** Why it cannot be sent, told while it is rendered. */
  fault: StepFailure | null;
  /** Redirects followed. */
  hops: number;
  /** What was sent last. */
  message: RequestMessage | null;
}

export interface CapturedValue {
  readonly text: string;
  /** As JSON, for a value that was no string there; null otherwise. */
  readonly json: string | null;
}
