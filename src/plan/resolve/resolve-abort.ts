import { samplesNeeded } from '../../model/target.ts';
import { parseSamples } from '../scenario/parse-samples.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { TargetPlan } from '../../model/plan.ts';
import type { Target } from '../../model/target.ts';
import type { Path } from '../problems/problem.ts';
import type { PlanContext } from './plan-context.ts';

/** What a target says about stopping the run. */
export interface WrittenAbort {
  readonly abort?: boolean | undefined;
  readonly after?: string | undefined;
  readonly severity?: 'error' | 'warn' | undefined;
}

/** When a target stops the run, as a field of its plan; nothing when it never does. Reports what does not go together. */
export function resolveAbort(
  { abort = false, after, severity }: WrittenAbort,
  target: Target,
  metric: MetricDefinition | undefined,
  path: Path,
  context: PlanContext,
): Pick<TargetPlan, 'abort'> {
  if (!abort) {
    if (after !== undefined)
      context.report(
        [...path, 'after'],
        '`after` goes with `abort: true`: the verdict waits for the end anyway',
      );
    return {};
  }
  const at = [...path, 'abort'];
  if (severity === 'warn') context.report(at, 'a target that only warns cannot stop the run');
  if (target.overNs !== null || target.aggregation.kind === 'slope')
    context.report(at, 'only a target over the whole run so far can stop it: leave out `over` and `slope`');
  if (target.aggregation.kind === 'count' && !target.op.startsWith('<'))
    context.report(
      at,
      'a count still grows while the run goes on: only one that must stay small can stop it',
    );
  if (target.limit.kind !== 'number')
    context.report(at, `only a fixed limit can stop the run, not a ${target.limit.kind}`);
  return { abort: { afterSamples: parseSamples(after ?? '') ?? defaultSamples(target, metric) } };
}

/** Enough for the percentile, and never so few that the first hiccup ends the run. */
function defaultSamples({ aggregation }: Target, metric: MetricDefinition | undefined): number {
  return metric?.kind === 'gauge' ? 5 : Math.max(100, samplesNeeded(aggregation));
}
