import { areaOf, rampOf } from '../../measure/ramp.ts';
import type { BenchPlan, FlowPlan, LoadPlan, PhasePlan, Plan, TargetPlan } from '../../model/plan.ts';

/**
 * How many samples a target's series will get. `known`: from rates and durations. `needs`: as many as there is time
 * for, so enough for `needed` when one operation takes at most `longestNs`.
 */
export type ExpectedSamples =
  | { readonly kind: 'known'; readonly count: number }
  | { readonly kind: 'needs'; readonly longestNs: number }
  | { readonly kind: 'unknown' };

export function expectedSamples(plan: Plan, { target }: TargetPlan, needed: number): ExpectedSamples {
  if (!timed.has(target.metric)) return { kind: 'unknown' };
  return plan.kind === 'bench' ? benchSamples(plan, target.tags, needed) : loadSamples(plan, target, needed);
}

/** Flows that start in a phase at a rate: number k is due where the rate's integral is k. Null in a closed model. */
export function arrivalsOf({ arrivals, forNs, maxFlows }: PhasePlan): number | null {
  if (arrivals.model === 'closed') return null;
  // Rounded first, so that 400/s for 30 s is 12000 and not one more by the last bit of the product.
  const all = Math.ceil(Number(areaOf(rampOf(arrivals, forNs)).toPrecision(12)));
  return Math.min(all, maxFlows ?? Infinity);
}

/** Requests that those flows make when each runs to its end; an average where flows differ in length. */
export function requestsOf(phase: PhasePlan, allFlows: readonly FlowPlan[]): number | null {
  const arrivals = arrivalsOf(phase);
  if (arrivals === null) return null;
  const flows = flowsOf(phase, allFlows);
  const weights = flows.reduce((sum, { weight }) => sum + weight, 0);
  const meanSteps = flows.reduce((sum, { weight, steps }) => sum + weight * steps.length, 0) / weights;
  return Math.min(Math.round(arrivals * meanSteps), phase.maxRequests ?? Infinity);
}

/** The flows that the phase runs. */
export function flowsOf(phase: PhasePlan, flows: readonly FlowPlan[]): FlowPlan[] {
  return flows.filter(({ name }) => phase.flows.includes(name));
}

/** Metrics with one sample for each operation. */
const timed: ReadonlySet<string> = new Set(['op_duration', 'response_time', 'service_time', 'schedule_lag']);

function benchSamples(
  { run, workload }: BenchPlan,
  tags: Readonly<Record<string, string>>,
  needed: number,
): ExpectedSamples {
  const share = tags['op'] === undefined ? 1 : (workload.mix[tags['op']] ?? 0);
  const measuredNs = run.forNs * run.rounds;
  if (run.arrivals !== 'closed')
    return { kind: 'known', count: Math.floor((run.arrivals * share * measuredNs) / 1e9) };
  const concurrency =
    tags['concurrency'] === undefined ? Math.min(...run.concurrency) : Number(tags['concurrency']);
  return { kind: 'needs', longestNs: (measuredNs * concurrency * share) / needed };
}

function loadSamples(plan: LoadPlan, target: TargetPlan['target'], needed: number): ExpectedSamples {
  const phases = plan.phases.filter(
    ({ name, measured }) => measured && (target.phase === null || target.phase === name),
  );
  let count = 0;
  let userNs = 0;
  for (const phase of phases) {
    const share = stepShare(flowsOf(phase, plan.flows), target.tags['name']);
    count += (requestsOf(phase, plan.flows) ?? 0) * share;
    userNs += userNsOf(phase) * share;
  }
  // each window has to have them, and lies in one round: count what falls into one
  const totalNs = phases.reduce((sum, { forNs }) => sum + forNs, 0);
  const part =
    target.overNs === null || totalNs === 0 ? (plan.rounds ?? 1) : Math.min(1, target.overNs / totalNs);
  userNs *= part;
  const known = Math.floor(count * part);
  if (userNs === 0 || known >= needed) return { kind: 'known', count: known };
  return { kind: 'needs', longestNs: userNs / (needed - known) };
}

/** Time that all users of a phase have together: the area under their number. */
function userNsOf({ arrivals, forNs }: PhasePlan): number {
  if (arrivals.model === 'open') return 0;
  return ((arrivals.users + (arrivals.toUsers ?? arrivals.users)) / 2) * forNs;
}

/** Share of the flows' requests that are the step, when every flow runs to its end. */
function stepShare(flows: readonly FlowPlan[], name: string | undefined): number {
  const requests = flows.reduce((sum, { weight, steps }) => sum + weight * steps.length, 0);
  if (requests === 0) return 0;
  const own = flows.reduce(
    (sum, { weight, steps }) =>
      sum + weight * steps.filter((step) => name === undefined || step.name === name).length,
    0,
  );
  return own / requests;
}
