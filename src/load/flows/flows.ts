import { createRandom } from '../../measure/random.ts';
import type { LoadPlan, StepPlan } from '../../model/plan.ts';
import type { Exchange } from './exchange.ts';
import type { EncodeContext, EncodedRequest, Protocol } from '../protocols/protocol.ts';

/** A step ready to send. */
export interface Step {
  /** Position among all steps of the scenario. */
  readonly index: number;
  readonly name: string;
  /** As it is each time when there is no exchange. */
  readonly request: EncodedRequest;
  readonly exchange: Exchange | null;
  /** 1 at every status that counts as success. */
  readonly accepts: Uint8Array;
  /** Method and path as the scenario has them, for error examples. */
  readonly label: string;
  /** What follows on the same connection; null for the last of its flow. */
  readonly next: Step | null;
}

export interface Flows {
  readonly steps: readonly Step[];
  /** First step of each flow. */
  readonly firsts: readonly Step[];
  /** Draw a flow by weight. */
  readonly choose: () => number;
}

/** Encode every step and prepare the choice of flows; the same seed chooses the same flows in the same order. */
export function compileFlows(plan: LoadPlan, protocol: Protocol, context: EncodeContext): Flows {
  const steps: Step[] = [];
  const firsts: Step[] = [];
  let count = plan.flows.reduce((sum, flow) => sum + flow.steps.length, 0);
  for (const flow of plan.flows.toReversed()) {
    let next: Step | null = null;
    for (const step of flow.steps.toReversed()) {
      next = compileStep(step, --count, next, protocol.encode(step, context));
      steps.unshift(next);
    }
    if (next !== null) firsts.unshift(next);
  }
  const weights = plan.flows.filter((flow) => flow.steps.length > 0).map((flow) => flow.weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { steps, firsts, choose: chooser(weights, total, plan.scenario.seed) };
}

function compileStep(step: StepPlan, index: number, next: Step | null, request: EncodedRequest): Step {
  const accepts = new Uint8Array(600);
  if (step.expectStatus.length === 0) accepts.fill(1, 200, 400);
  for (const status of step.expectStatus) accepts[status] = 1;
  return {
    index,
    name: step.name,
    request,
    exchange: null,
    accepts,
    label: `${step.method} ${step.path}`,
    next,
  };
}

function chooser(weights: readonly number[], total: number, seed: number): () => number {
  const last = weights.length - 1;
  if (last <= 0) return () => 0;
  const random = createRandom(seed).fork('flows');
  const bounds = Float64Array.from(weights);
  for (let index = 1; index <= last; index++) bounds[index] = (bounds[index] ?? 0) + (bounds[index - 1] ?? 0);
  return () => {
    // hot path: a scenario has a handful of flows
    const drawn = random.next() * total;
    let index = 0;
    while (index < last && drawn >= (bounds[index] ?? 0)) index++;
    return index;
  };
}
