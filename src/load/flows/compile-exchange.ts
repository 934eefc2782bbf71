import { classOfStatus } from '../record/error-class.ts';
import { storeCookies, withCookies } from './cookies/cookie-exchange.ts';
import { followRedirect, redirectStatuses } from './follow-redirect.ts';
import { compileCaptures } from './reply/compile-captures.ts';
import { compileExpectations } from './reply/compile-expectations.ts';
import { ReplyView } from './reply/reply-view.ts';
import type { StepPlan } from '../../model/plan.ts';
import type { EncodedRequest, Protocol, RequestMessage } from '../protocols/protocol.ts';
import type { CompileContext } from './compile-context.ts';
import type { Exchange, Reply, StepFailure } from './exchange.ts';
import type { CompiledRequest } from './render/compile-request.ts';
import type { Session } from './session.ts';

export interface ExchangeOptions {
  readonly step: StepPlan;
  readonly request: CompiledRequest;
  /** The request's encoding when it is the same each time. */
  readonly encoded: EncodedRequest | null;
  readonly encode: Protocol['encode'];
  /** 1 at every status that counts as success. */
  readonly accepts: Uint8Array;
  readonly context: CompileContext;
}

/** What a step does with its session; null when it does nothing. Throws PerfkitError for what cannot be compiled. */
export function compileExchange(options: ExchangeOptions): Exchange | null {
  const { step, request, encode, encoded, accepts, context } = options;
  const { redirects = 0, captures = [], expect = { headers: [], body: [], json: [] } } = step;
  const checks = [...compileExpectations(expect, context), ...compileCaptures(captures, context.slots)];
  if (request.fixed !== null && checks.length === 0 && redirects === 0 && !context.cookies) return null;

  const { origin } = context;
  const { maxBodyBytes } = context.plan.limits;
  const body =
    expect.body.length + expect.json.length > 0 ||
    captures.some(({ source }) => source.from === 'json' || source.from === 'regex');
  // a body may be coded, which a header says
  const headers = body || checks.length > 0 || redirects > 0 || context.cookies;

  const send = (message: RequestMessage, session: Session): EncodedRequest => {
    session.message = message;
    const sent = withCookies(message, session);
    return encoded !== null && sent === request.fixed ? encoded : encode(sent);
  };

  const redirect = (reply: Reply, session: Session): EncodedRequest | StepFailure | null => {
    if (redirects === 0 || session.message === null) return null;
    const next = followRedirect(reply, session.message, origin);
    if (next === null || 'failure' in next) return next;
    if (++session.hops > redirects)
      return { failure: 'redirect', detail: `more than ${redirects} redirects, the last to ${next.path}` };
    return send(next, session);
  };

  return {
    wants: { headers, body },
    render(session) {
      const message = request.render(session);
      if ('failure' in message) return message;
      session.hops = 0;
      return send(message, session);
    },
    check(reply, session) {
      storeCookies(reply, session);
      const verdict = redirect(reply, session);
      if (verdict !== null) return verdict;
      if (accepts[reply.status] !== 1)
        return { failure: classOfStatus(reply.status), detail: `status ${reply.status}` };
      if (checks.length === 0) return null;
      session.fault = null;
      const view = new ReplyView(reply, maxBodyBytes);
      for (const one of checks) {
        const failure = one(view, session);
        if (failure !== null) return failure;
      }
      return null;
    },
  };
}

/**
 * Statuses that must reach the exchange: those that count as success, redirects that it follows, and all where cookies
 * are kept: a browser keeps them whatever the status is (RFC 6265, section 5.2).
 */
export function statusesToCheck(step: StepPlan, accepts: Uint8Array, cookies: boolean): Uint8Array {
  if (cookies) return accepts.map(() => 1);
  if ((step.redirects ?? 0) === 0) return accepts;
  const wider = accepts.slice();
  for (const status of redirectStatuses) wider[status] = 1;
  return wider;
}
