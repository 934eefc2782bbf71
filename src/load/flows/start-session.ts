import { CookieJar } from './cookies/cookie-jar.ts';
import type { Feed } from '../data/feed.ts';
import type { Row } from '../data/row-source.ts';
import type { Session } from './session.ts';

/** What the sessions of one flow have. */
export interface SessionShape {
  /** Captures of the flow. */
  readonly slots: number;
  /** By source of data: null for one that the flow does not use. */
  readonly feeds: readonly (Feed | null)[];
  readonly cookies: boolean;
  readonly origin: URL;
  readonly wallMs: () => number;
}

/** Who starts a flow. */
export interface SessionStart {
  /** Position of the phase among the plan's. */
  readonly phase: number;
  readonly user: number;
  /** Flows that the user has started in the phase, this one included. */
  readonly flows: number;
}

/**
 * The session of a flow that starts: nothing captured, a row of each source that it uses, its user's cookies. `before`
 * is the session of the flow before on the same channel, which may have been another user's.
 */
export function startSession(
  shape: SessionShape,
  { phase, user, flows }: SessionStart,
  before: Session | null,
): Session {
  const same = before !== null && before.user === user && before.phase === phase ? before : null;
  const rows: (Row | null)[] = [];
  for (const feed of shape.feeds) rows.push(feed === null ? null : feed.draw());
  return {
    phase,
    user,
    iteration: flows - 1,
    captured: Array.from({ length: shape.slots }, () => null),
    rows,
    jar: shape.cookies ? (same?.jar ?? new CookieJar(shape.origin, shape.wallMs)) : null,
    draws: same?.draws ?? 0,
    fault: null,
    hops: 0,
    message: null,
  };
}
