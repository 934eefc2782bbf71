import type { ErrorClass } from '../record/error-class.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { Session } from './session.ts';

/**
 * What a step does with its user's session: put variables into the request, look into the reply. A step that is the
 * same each time and looks at the status only has none, and stays on the fast path.
 */
export interface Exchange {
  /** The request of this user now, or why there is none (a variable that no step has captured). */
  readonly render: (session: Session) => EncodedRequest | StepFailure;
  /** Parts of the reply that `check` looks at: what nobody wants is not kept. */
  readonly wants: { readonly headers: boolean; readonly body: boolean };
  /**
   * Null: as expected, and what it captures is in the session. A request: the operation goes on with it (a redirect),
   * under the clocks that are running.
   */
  readonly check: (reply: Reply, session: Session) => StepFailure | EncodedRequest | null;
}

export interface StepFailure {
  readonly failure: ErrorClass;
  /** For people; one line, nothing secret. */
  readonly detail: string;
}

/** A complete reply. */
export interface Reply {
  readonly status: number;
  /** Names in lower case, in the order in which they came; empty unless wanted. */
  readonly headers: readonly (readonly [string, string])[];
  /** As it came, without the transfer coding; empty unless wanted. Valid during the call only. */
  readonly body: Uint8Array;
}
