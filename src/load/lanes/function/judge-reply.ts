import { classOfStatus } from '../../record/error-class.ts';
import { ReplyView } from '../../flows/reply/reply-view.ts';
import { scriptFailure } from './script-failure.ts';
import type { Reply, StepFailure } from '../../flows/exchange.ts';
import type { FlowReply, FlowRequest } from './flow-function.ts';

/** `reply` is null when there is nothing that a function could look at. */
export type ReplyVerdict =
  | { readonly reply: null; readonly failure: StepFailure }
  | { readonly reply: FlowReply; readonly failure: StepFailure | null };

/** How an operation ended, and the reply for the function, which keeps it: the body is copied. */
export function judgeReply(reply: Reply, request: FlowRequest, maxBodyBytes: number): ReplyVerdict {
  const view = new ReplyView({ ...reply, body: Buffer.from(reply.body) }, maxBodyBytes);
  const body = view.body();
  if ('failure' in body) return { reply: null, failure: body };
  const failure = statusFailure(reply.status, request.status) ?? expectFailure(view, request);
  return { reply: flowReply(view, failure === null), failure };
}

function flowReply(view: ReplyView, ok: boolean): FlowReply {
  const text = (): string => {
    const found = view.text();
    return typeof found === 'string' ? found : '';
  };
  return {
    status: view.reply.status,
    ok,
    header: (name) => view.header(name.toLowerCase()),
    text,
    json: (): unknown => JSON.parse(text()),
  };
}

function statusFailure(status: number, expected: FlowRequest['status']): StepFailure | null {
  const isExpected =
    expected === undefined ? status >= 200 && status < 400 : [expected].flat().includes(status);
  return isExpected ? null : { failure: classOfStatus(status), detail: `status ${status}` };
}

function expectFailure(view: ReplyView, { expect }: FlowRequest): StepFailure | null {
  if (expect === undefined) return null;
  try {
    // whatever the user's code returns
    const wrong: unknown = expect(flowReply(view, true));
    return typeof wrong === 'string' && wrong !== '' ? { failure: 'expectation', detail: wrong } : null;
  } catch (error) {
    return scriptFailure(error);
  }
}
