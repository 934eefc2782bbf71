import { capacityMetric } from '../../model/capacities.ts';
import { PerfkitError } from '../../model/errors.ts';
import { parseTarget, resolveLimit } from '../../model/target.ts';
import type { CapacityTarget } from '../../model/capacity.ts';
import type { LoadPlan, TargetPlan } from '../../model/plan.ts';

export interface StepTargets {
  /** What every step has to meet. */
  readonly targets: readonly TargetPlan[];
  readonly listed: readonly CapacityTarget[];
  /** What became of the scenario's other targets, for people. */
  readonly notes: readonly string[];
}

/** For a scenario that says nothing of how fast its server should be. */
const defaultLatency = 'response_time p99 < 100ms';
/** A step in which requests fail shows no capacity, whatever the latency of the others. */
const defaultErrors = 'errors rate < 1%';

/** These follow from the rate, which the search sets. */
const ratesOfTheSearch = new Set(['throughput', 'arrivals', 'bytes_in', 'bytes_out']);

/**
 * The targets of a step: the scenario's, of whichever phase, without those that say something of the rate, of the
 * length of the run or of another run. Defaults stand in for a target on latency and for one on errors. Throws
 * PerfkitError for a scenario without requests that has no target either.
 */
export function stepTargets(plan: LoadPlan): StepTargets {
  // those on the capacity itself are judged at the end (judge-capacities.ts)
  const judged = plan.targets.filter(
    ({ severity, target }) => severity === 'error' && target.metric !== capacityMetric.name,
  );
  const own = judged
    .filter((one) => unfit(one) === null)
    .map((one) => ({ ...one, target: { ...one.target, phase: null } }));
  const added: TargetPlan[] = [];
  if (own.every(({ target }) => target.metric === 'errors')) added.push(defaultTarget(defaultLatency, plan));
  if (own.every(({ target }) => target.metric !== 'errors')) added.push(defaultTarget(defaultErrors, plan));
  if (added.length > 0 && plan.flows.every(({ kind }) => kind === 'socket' || kind === 'events')) {
    throw new PerfkitError(
      'usage',
      'expected targets in the scenario, since it makes no requests: what must hold at a rate that counts as capacity?',
    );
  }
  const anyPhase = judged.some(({ target }) => target.phase !== null);
  return {
    targets: [...own, ...added],
    listed: [
      ...own.map(({ expr, source }) => ({ expr, source, fromScenario: true })),
      ...added.map(({ expr }) => ({ expr, source: null, fromScenario: false })),
    ],
    notes: [
      ...(anyPhase ? ['targets of one phase (`in NAME`) are held against every step'] : []),
      ...judged.flatMap((one) => {
        const why = unfit(one);
        return why === null ? [] : [`not judged: ${one.expr} (${why})`];
      }),
    ],
  };
}

function unfit({ target }: TargetPlan): string | null {
  if (ratesOfTheSearch.has(target.metric)) return 'it follows from the rate, which the search sets';
  if (target.aggregation.kind === 'count') return 'it follows from the length of a step';
  if (target.aggregation.kind === 'slope') return 'a step is too short for a slope';
  return target.limit.kind === 'number' ? null : `there is no ${target.limit.kind} at each rate`;
}

function defaultTarget(expr: string, plan: LoadPlan): TargetPlan {
  const { limitText, limitOffset, ...parsed } = parseTarget(expr);
  const metric = plan.metrics.find(({ name }) => name === parsed.metric);
  if (metric === undefined) throw new RangeError(`Expected the metric ${parsed.metric} in the plan`);
  const { tags, aggregation, op, phase, overNs } = parsed;
  const limit = resolveLimit(limitText, limitOffset, metric, aggregation);
  const target = { metric: metric.name, tags, aggregation, op, limit, phase, overNs };
  return { id: null, expr, target, source: null, severity: 'error', line: null };
}
