import { compileExchange, statusesToCheck } from './compile-exchange.ts';
import { compileRequest } from './render/compile-request.ts';
import { startSession } from './start-session.ts';
import { flowVariables } from './flow-variables.ts';
import type { FlowPlan, LoadPlan, StepPlan, ThinkPlan } from '../../model/plan.ts';
import { requestClocks, streamClocks } from '../record/extra-metrics.ts';
import type { StreamPlan } from '../../model/stream-plan.ts';
import type { ClockNames } from '../record/extra-metrics.ts';
import type { Exchange } from './exchange.ts';
import type { Feed } from '../data/feed.ts';
import type { EncodeContext, EncodedRequest, Protocol, RequestMessage } from '../protocols/protocol.ts';
import type { FlowFunction } from '../lanes/function/flow-function.ts';
import type { CompileContext } from './compile-context.ts';
import type { Session } from './session.ts';
import type { SessionShape, SessionStart } from './start-session.ts';

/** A step ready to send. */
export interface Step {
  /** Position among all steps of the scenario. */
  readonly index: number;
  readonly name: string;
  /** Names of its clocks' metrics. */
  readonly clocks: ClockNames;
  /** What it does on an open stream; null for a request. */
  readonly stream: StreamPlan | null;
  /** The request before it is encoded; null when it is not the same each time. */
  readonly message: RequestMessage | null;
  /** As it is each time when there is no exchange; not sent otherwise. */
  readonly request: EncodedRequest;
  readonly exchange: Exchange | null;
  /** 1 at every status that counts as success, or that the exchange looks at. */
  readonly accepts: Uint8Array;
  /** Method and path as the scenario has them, for error examples. */
  readonly label: string;
  /** What follows on the same connection; null for the last of its flow. */
  readonly next: Step | null;
  /** What the user waits after it. */
  readonly think: ThinkPlan | null;
}

export interface Flows {
  readonly steps: readonly Step[];
  /** First step of each flow, by the flow's position in the plan; null for a flow without steps. */
  readonly firsts: readonly (Step | null)[];
  /**
   * The session of a flow that starts, which its channel carries to the end of the flow; null for a flow whose steps
   * have no exchange. To be asked at each start: it draws the flow's row of data.
   */
  readonly startSession: (flow: number, start: SessionStart, before: Session | null) => Session | null;
  /** The flow needs a row of data that is used once, and there are no more: it starts no more. */
  readonly spent: (flow: number) => boolean;
  /** By the flow's position: what carries it out; null for a flow of steps. */
  readonly functions: readonly (FlowFunction | null)[];
  readonly encode: Protocol['encode'];
  readonly userAgent: string;
}

/** What flows are given beside the plan. */
export interface FlowSupplies {
  /** The plan's sources of data, in its order; none when flows are only checked. */
  readonly feeds?: readonly Feed[];
  readonly functions?: readonly (FlowFunction | null)[];
}

/** Compile every step, before the run. Throws PerfkitError for one that cannot be sent. */
export function compileFlows(
  plan: LoadPlan,
  protocol: Protocol,
  context: EncodeContext,
  { feeds = [], functions = [] }: FlowSupplies = {},
): Flows {
  const steps: Step[] = [];
  const firsts: (Step | null)[] = [];
  const shapes: (SessionShape | null)[] = [];
  let count = plan.flows.reduce((sum, flow) => sum + flow.steps.length, 0);
  for (const flow of plan.flows.toReversed()) {
    const { compile, shape } = prepareFlow(plan, flow, protocol, context, feeds);
    let next: Step | null = null;
    let isPlain = true;
    for (const step of flow.steps.toReversed()) {
      next = compile(step, --count, next);
      isPlain &&= next.exchange === null;
      steps.unshift(next);
    }
    firsts.unshift(next);
    shapes.unshift(isPlain && flow.kind !== 'function' ? null : shape);
  }
  return {
    steps,
    firsts,
    functions,
    encode: protocol.encode,
    userAgent: context.userAgent,
    startSession(flow, start, before) {
      // hot path
      const shape = shapes[flow] ?? null;
      return shape === null ? null : startSession(shape, start, before);
    },
    spent(flow) {
      // hot path
      const shape = shapes[flow] ?? null;
      return shape !== null && shape.feeds.some((feed) => feed !== null && feed.spent());
    },
  };
}

function prepareFlow(
  plan: LoadPlan,
  flow: FlowPlan,
  protocol: Protocol,
  { origin, userAgent, env, wallMs = Date.now }: EncodeContext,
  feeds: readonly Feed[],
): { compile: (step: StepPlan, index: number, next: Step | null) => Step; shape: SessionShape } {
  const names = flow.steps.flatMap(({ captures = [] }) => captures.map(({ name }) => name));
  const slots = new Map([...new Set(names)].map((name, slot) => [name, slot]));
  const sources = (plan.data ?? []).map(({ name }) => name);
  const used = flowVariables(flow);
  const cookies = flow.cookies ?? false;
  const context: CompileContext = { plan, origin, userAgent, env, slots, sources, cookies };
  return {
    compile: (step, index, next) => compileStep(step, index, next, protocol, context),
    shape: {
      slots: slots.size,
      feeds: feeds.map((feed) => (used.sources.has(feed.name) ? feed : null)),
      cookies,
      origin,
      wallMs,
    },
  };
}

function compileStep(
  step: StepPlan,
  index: number,
  next: Step | null,
  protocol: Protocol,
  context: CompileContext,
): Step {
  const accepts = new Uint8Array(600);
  if (step.expectStatus.length === 0) accepts.fill(1, 200, 400);
  for (const status of step.expectStatus) accepts[status] = 1;
  const request = compileRequest(step, context);
  const encoded = request.fixed === null ? null : protocol.encode(request.fixed);
  return {
    index,
    name: step.name,
    clocks: step.stream === undefined ? requestClocks : streamClocks[step.stream.kind],
    stream: step.stream ?? null,
    message: request.fixed,
    request: encoded ?? notSent,
    exchange: compileExchange({ step, request, encoded, encode: protocol.encode, accepts, context }),
    // a stream keeps no cookies, and looks at the status itself
    accepts: statusesToCheck(step, accepts, context.cookies && step.stream === undefined),
    label: `${step.method} ${step.path}`,
    next,
    think: step.think,
  };
}

const notSent: EncodedRequest = { bytes: Buffer.alloc(0), bodiless: false, closes: false };
