import { createRandom } from '../../../measure/random.ts';
import { parseDurationNs } from '../../../model/units.ts';
import { buildMessage } from './build-message.ts';
import { OperationError } from './flow-function.ts';
import type { Session } from '../../flows/session.ts';
import type { Step } from '../../flows/flows.ts';
import type { RequestMessage } from '../../protocols/protocol.ts';
import type { MessageDefaults } from './build-message.ts';
import type { FlowContext, FlowHttp, FlowReply, FlowRequest } from './flow-function.ts';

/** An operation that a function asked for. */
export interface Operation {
  readonly step: Step;
  readonly label: string;
  readonly message: RequestMessage;
  readonly request: FlowRequest;
  readonly dueNs: number;
  readonly resolve: (reply: FlowReply) => void;
  readonly reject: (error: Error) => void;
}

export interface FunctionRunOptions {
  readonly seed: number;
  readonly session: Session;
  /** Names of the sources of data, by their position in the session. */
  readonly sources: readonly string[];
  /** The flow's operations by name, the first one first. */
  readonly operations: ReadonlyMap<string, Step>;
  readonly defaults: MessageDefaults;
  /** When the flow was due; null in a closed phase, whose operations are due when they are asked for. */
  readonly dueNs: number | null;
  readonly now: () => number;
  readonly after: (delayNs: number, callback: () => void) => void;
  readonly signal: AbortSignal;
  /** An operation is asked for; false when the phase has had all its requests. */
  readonly ask: (operation: Operation) => boolean;
}

/** More at once on one connection is a loop that awaits nothing. */
const maxWaiting = 1000;

/** Thrown into a function whose flow is over for another reason than itself. */
class FlowOver extends Error {}

/** Thrown by `check`. */
export class CheckFailed extends Error {}

/** One call of a function: what it is given, and its operations, which are carried out one after the other. */
export class FunctionRun {
  readonly context: FlowContext;
  /** The first is under way. */
  readonly operations: Operation[] = [];
  readonly #options: FunctionRunOptions;
  #dueNs: number | null;
  #isOver = false;

  constructor(options: FunctionRunOptions) {
    const { session, seed, signal } = options;
    const { phase, user, iteration } = session;
    this.#options = options;
    this.#dueNs = options.dueNs;
    this.context = {
      http: this.#http(),
      user,
      iteration,
      data: dataOf(options),
      random: createRandom(seed).fork(`function ${phase} ${user} ${iteration}`),
      sleep: (duration) => this.#sleep(duration),
      check: (condition, what) => {
        if (!condition) throw new CheckFailed(what);
      },
      signal,
    };
  }

  /** The function has returned or its time is up: it gets nothing more. */
  end(): void {
    this.#isOver = true;
  }

  #http(): FlowHttp {
    const call =
      (method: string) =>
      (path: string, request: FlowRequest = {}): Promise<FlowReply> =>
        this.#ask(method, path, request);
    return {
      get: call('GET'),
      head: call('HEAD'),
      post: call('POST'),
      put: call('PUT'),
      patch: call('PATCH'),
      delete: call('DELETE'),
    };
  }

  #ask(method: string, path: string, request: FlowRequest): Promise<FlowReply> {
    const { operations, defaults, now, ask } = this.#options;
    const promise = new Promise<FlowReply>((resolve, reject) => {
      if (this.#isOver)
        throw new FlowOver('the flow is over: await every request before the function returns');
      if (this.operations.length >= maxWaiting)
        throw new TypeError(`Expected at most ${maxWaiting} requests at once: await them`);
      const name = request.name ?? operations.keys().next().value ?? '';
      const step = operations.get(name);
      if (step === undefined) {
        throw new TypeError(
          `Expected \`name\` to be one of the flow's operations (${[...operations.keys()].join(', ')}), got ${JSON.stringify(name)}: add it to \`operations\``,
        );
      }
      const message = buildMessage(method, path, request, defaults);
      const dueNs = this.#dueNs ?? now();
      this.#dueNs = null;
      const label = `${method} ${path}`;
      if (!ask({ step, label, message, request, dueNs, resolve, reject }))
        throw new FlowOver('the phase has had all its requests');
    });
    // one that nobody awaits must not end the thread
    promise.catch(() => undefined);
    return promise;
  }

  #sleep(duration: string): Promise<void> {
    const ns = typeof duration === 'string' ? parseDurationNs(duration) : null;
    if (ns === null || ns < 0)
      return Promise.reject(
        new TypeError(`Expected a duration such as "1.5s", got ${JSON.stringify(duration)}`),
      );
    this.#dueNs = null;
    return new Promise((resolve) => this.#options.after(ns, resolve));
  }
}

/** What has been counted already, or is nobody's fault, is no failure of the script. */
export function isOwnFault(error: unknown): boolean {
  return !(error instanceof OperationError || error instanceof FlowOver);
}

function dataOf({ session, sources }: FunctionRunOptions): FlowContext['data'] {
  const data: [string, Readonly<Record<string, unknown>>][] = [];
  for (const [index, source] of sources.entries()) {
    const row = session.rows[index] ?? null;
    if (row !== null) data.push([source, row.values()]);
  }
  return Object.fromEntries(data);
}
