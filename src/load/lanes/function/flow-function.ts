import type { Random } from '../../../measure/random.ts';

/**
 * A flow as code, for what steps cannot say: called once for each flow of a user, on the thread that generates the
 * load. Requests go over the user's own connection, one after the other. What it throws ends the flow and counts as a
 * failed operation of class `script`.
 */
export type FlowFunction = (context: FlowContext) => Promise<void> | void;

export interface FlowContext {
  readonly http: FlowHttp;
  /** Number of the user; in an open phase each arrival is one. */
  readonly user: number;
  /** Flows that the user has run before in this phase. */
  readonly iteration: number;
  /** A row of each source under the flow's `data:`, by the source's name. */
  readonly data: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Seeded: the same numbers for the same user and iteration in every run. */
  readonly random: Random;
  /** Time to think: `sleep('1.5s')`. */
  readonly sleep: (duration: string) => Promise<void>;
  /** Ends the flow as a failure of class `expectation` unless the condition holds. */
  readonly check: (condition: boolean, what: string) => void;
  /** Aborted when the run ends: a function that waits for something else stops waiting then. */
  readonly signal: AbortSignal;
}

/**
 * Each call is one operation, due when it is called (the first one of an open phase's flow: when the flow was due).
 * The promise rejects with an OperationError when there was no valid reply; any reply, whatever its status, is returned.
 */
export interface FlowHttp {
  readonly get: (path: string, options?: FlowRequest) => Promise<FlowReply>;
  readonly head: (path: string, options?: FlowRequest) => Promise<FlowReply>;
  readonly post: (path: string, options?: FlowRequest) => Promise<FlowReply>;
  readonly put: (path: string, options?: FlowRequest) => Promise<FlowReply>;
  readonly patch: (path: string, options?: FlowRequest) => Promise<FlowReply>;
  readonly delete: (path: string, options?: FlowRequest) => Promise<FlowReply>;
}

export interface FlowRequest {
  /** One of the flow's `operations`. @default the first one */
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string | number>>;
  readonly body?: string | Uint8Array;
  /** Statuses that count as success. @default 200 to 399 */
  readonly status?: number | readonly number[];
  /** A text is what is wrong with the reply, which then counts as a failure of class `expectation`. */
  readonly expect?: (reply: FlowReply) => string | null | undefined;
  /** Follow so many redirects to the same origin. @default 0 */
  readonly redirects?: number;
}

export interface FlowReply {
  readonly status: number;
  /** It counted as a success. */
  readonly ok: boolean;
  /** The first header of that name; null when there is none. */
  readonly header: (name: string) => string | null;
  /** The body, decoded. */
  readonly text: () => string;
  readonly json: () => unknown;
}

/** A request that got no valid reply; it has been counted as what `failure` says. */
export class OperationError extends Error {
  readonly failure: string;

  constructor(failure: string, detail: string) {
    super(`${failure}: ${detail}`);
    this.name = 'OperationError';
    this.failure = failure;
  }
}
