import { place } from '../../connections/channel.ts';
import { storeCookies, withCookies } from '../../flows/cookies/cookie-exchange.ts';
import { followRedirect } from '../../flows/follow-redirect.ts';
import { OperationError } from './flow-function.ts';
import { FunctionRun, isOwnFault } from './function-run.ts';
import { judgeReply } from './judge-reply.ts';
import { scriptFailure } from './script-failure.ts';
import type { Channel } from '../../connections/channel.ts';
import type { Timer } from '../../engine/event-loop.ts';
import type { StepFailure } from '../../flows/exchange.ts';
import type { Step } from '../../flows/flows.ts';
import type { RequestMessage } from '../../protocols/protocol.ts';
import type { ErrorClass } from '../../record/error-class.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { LaneContext } from '../lane-context.ts';
import type { LanePhase } from '../lane.ts';
import type { Operation } from './function-run.ts';

/** What a lane does for its users. */
export interface FunctionOwner {
  readonly options: Pick<LaneContext, 'plan' | 'flows' | 'loop' | 'ended'>;
  readonly origin: URL;
  /** The operations of a flow by name. */
  readonly operations: (flow: number) => ReadonlyMap<string, Step>;
  readonly signal: AbortSignal;
  /** Null for a phase that has not begun, and once the lane is closed. */
  readonly phase: (index: number) => LanePhase | null;
  readonly after: (delayNs: number, callback: () => void) => Timer;
  /** The user's flow has ended. */
  readonly ready: (user: FunctionUser) => void;
}

/** A flow that starts; `dueNs` is null in a closed phase. */
export interface FlowStart {
  readonly dueNs: number | null;
  readonly user: number;
  readonly flow: number;
  readonly phase: number;
}

/** A user with its connection, and the call of its function that is under way. */
export class FunctionUser {
  readonly channel: Channel;
  user = 0;
  /** Position of the phase; -1 for none. */
  phase = -1;
  /** Flows that the user has started in the phase. */
  flows = 0;
  flowStartNs = 0;
  /** Waits until it may start its next flow. */
  resting: Timer | null = null;

  readonly #owner: FunctionOwner;
  #flow = 0;
  #run: FunctionRun | null = null;
  /** The function has ended, but not yet all that it asked for: with what it threw. */
  #ending: { readonly error: unknown } | null = null;

  constructor(channel: Channel, owner: FunctionOwner) {
    this.channel = channel;
    this.#owner = owner;
  }

  get inFlow(): boolean {
    return this.#run !== null;
  }

  flowsOf(user: number, phase: number): number {
    return this.user === user && this.phase === phase ? this.flows : 0;
  }

  start({ dueNs, user, flow, phase }: FlowStart): void {
    const { options, origin, operations, signal, after } = this.#owner;
    const { flows, plan, loop } = options;
    const call = flows.functions[flow] ?? null;
    this.flows = this.flowsOf(user, phase) + 1;
    this.user = user;
    this.phase = phase;
    this.#flow = flow;
    this.flowStartNs = dueNs ?? loop.now();
    const session = flows.startSession(flow, this, this.channel.session);
    this.channel.session = session;
    if (call === null || session === null) return;
    const run = new FunctionRun({
      seed: plan.scenario.seed,
      session,
      sources: (plan.data ?? []).map(({ name }) => name),
      operations: operations(flow),
      defaults: { host: origin.host, userAgent: flows.userAgent },
      dueNs,
      now: loop.now,
      after: (delayNs, callback) => void after(delayNs, callback),
      signal,
      ask: (operation) => this.#ask(operation),
    });
    this.#run = run;
    this.#ending = null;
    Promise.resolve()
      .then(() => call(run.context))
      .then(
        () => this.#end(run, null),
        (error: unknown) => this.#end(run, error ?? new Error('nothing was thrown')),
      );
  }

  /** End at once; what the function has asked for is cut. */
  cut(recorder: Recorder | null, now: number, aborted: boolean): void {
    const { channel } = this;
    const run = this.#run;
    const sentNs = channel.place === place.busy ? channel.sentNs : null;
    this.resting?.cancel();
    channel.close();
    channel.step = null;
    if (run === null) return;
    this.#run = null;
    run.end();
    for (const [index, { step, label, dueNs }] of run.operations.entries())
      recorder?.cut({ index: step.index, label }, dueNs, index === 0 ? sentNs : null, now, aborted);
    if (recorder !== null) recorder.flows.ended++;
  }

  // ---- the channel's events

  opened(): void {
    if (this.channel.step !== null) this.#send();
  }

  failed(failure: ErrorClass, detail: string): void {
    if (this.channel.step !== null) this.#fail({ failure, detail });
  }

  replied(): void {
    const { channel } = this;
    const { step, session } = channel;
    const operation = this.#run?.operations[0];
    if (step === null || session === null || operation === undefined) return;
    const reply = channel.reply();
    storeCookies(reply, session);
    const next = this.#redirect(operation.request.redirects ?? 0);
    if (next !== null && 'failure' in next) {
      this.#fail(next);
      return;
    }
    if (next !== null) {
      session.message = next;
      this.#send();
      return;
    }
    const { loop, plan } = this.#owner.options;
    const now = loop.now();
    const verdict = judgeReply(reply, operation.request, plan.limits.maxBodyBytes);
    if (verdict.reply === null) {
      this.#fail(verdict.failure);
      return;
    }
    const recorder = this.#recorder();
    if (verdict.failure === null)
      recorder?.success(step.index, operation.dueNs, channel.sentNs, now, channel);
    else this.#record(operation, verdict.failure, now);
    operation.resolve(verdict.reply);
    this.#next();
  }

  // ---- the flow

  /** The function has ended; requests that it did not wait for are seen through. */
  #end(run: FunctionRun, error: unknown): void {
    if (this.#run !== run) return;
    run.end();
    this.#ending = { error };
    this.#endFlow();
  }

  #endFlow(): void {
    const ending = this.#ending;
    if (this.#run === null || ending === null || this.#run.operations.length > 0) return;
    this.#run = null;
    const { plan, flows, ended, loop } = this.#owner.options;
    const recorder = this.#recorder();
    const first = flows.firsts[this.#flow] ?? null;
    if (ending.error !== null && isOwnFault(ending.error) && first !== null) {
      const label = plan.flows[this.#flow]?.call?.export ?? '';
      const now = loop.now();
      recorder?.arrived(first.index);
      recorder?.failed({ index: first.index, label }, scriptFailure(ending.error), {
        dueNs: now,
        sentNs: null,
        endNs: now,
      });
    }
    if (recorder !== null) recorder.flows.ended++;
    ended(this.phase);
    // a function that asks for nothing must not keep the thread from everything else
    loop.soon(() => this.#owner.ready(this));
  }

  // ---- operations

  #ask(operation: Operation): boolean {
    const phase = this.#owner.phase(this.phase);
    const run = this.#run;
    if (run === null || phase === null) return false;
    if (phase.recorder.totals.arrivals >= phase.maxRequests) return false;
    phase.recorder.arrived(operation.step.index);
    run.operations.push(operation);
    if (run.operations.length === 1) this.#carryOut(operation);
    return true;
  }

  #carryOut({ step, message, dueNs }: Operation): void {
    const { channel } = this;
    const { session } = channel;
    channel.step = step;
    channel.dueNs = dueNs;
    channel.phase = this.phase;
    channel.sentNs = 0;
    if (session !== null) {
      session.hops = 0;
      session.message = message;
    }
    this.#send();
  }

  /** Send the session's message, or open the connection for it. */
  #send(): void {
    const { channel } = this;
    const { session } = channel;
    const { loop, flows } = this.#owner.options;
    if (session === null || session.message === null) return;
    if (channel.place === place.idle) {
      if (channel.sentNs === 0) channel.sentNs = loop.now();
      channel.send(flows.encode(withCookies(session.message, session)));
    } else if (channel.place === place.down && !channel.backingOff) {
      this.#open();
    }
  }

  #open(): void {
    const { channel } = this;
    const waitNs = channel.backoffNs();
    if (waitNs === 0) {
      channel.open();
      return;
    }
    channel.backingOff = true;
    this.#owner.after(waitNs, () => {
      channel.backingOff = false;
      if (channel.step !== null && channel.place === place.down) channel.open();
    });
  }

  #redirect(most: number): RequestMessage | StepFailure | null {
    const { session } = this.channel;
    if (most === 0 || session === null || session.message === null) return null;
    const next = followRedirect(this.channel.reply(), session.message, this.#owner.origin);
    if (next === null || 'failure' in next || ++session.hops <= most) return next;
    return { failure: 'redirect', detail: `more than ${most} redirects, the last to ${next.path}` };
  }

  /** The operation under way has failed, and is counted. */
  #fail(failure: StepFailure): void {
    const operation = this.#run?.operations[0];
    if (operation === undefined) return;
    this.#record(operation, failure, this.#owner.options.loop.now());
    operation.reject(new OperationError(failure.failure, failure.detail));
    this.#next();
  }

  #record({ step, label, dueNs }: Operation, failure: StepFailure, endNs: number): void {
    const { channel } = this;
    const wasSent = channel.sentNs > 0;
    const times = { dueNs, sentNs: wasSent ? channel.sentNs : null, endNs };
    this.#recorder()?.failed({ index: step.index, label }, failure, times, wasSent ? channel : null);
  }

  /** The operation under way has ended. */
  #next(): void {
    const run = this.#run;
    this.channel.step = null;
    run?.operations.shift();
    this.#owner.options.ended(this.phase);
    const operation = run?.operations[0];
    if (operation !== undefined) this.#carryOut(operation);
    else this.#endFlow();
  }

  #recorder(): Recorder | null {
    return this.#owner.phase(this.phase)?.recorder ?? null;
  }
}
