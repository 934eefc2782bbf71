import { checkTarget, wantedTags } from '../../judge/judge.ts';
import { hasTags } from '../../measure/selection.ts';
import { formatValue } from '../../model/units.ts';
import { createTotals } from '../totals.ts';
import type { Interval, Tags } from '../../model/interval.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { Plan, TargetPlan } from '../../model/plan.ts';
import type { Series, TargetResult } from '../../model/result.ts';

/** Judges the targets that may stop a run on what has been measured so far. */
export interface TargetWatch {
  readonly see: (interval: Interval) => void;
  /** What has failed, for people; null while nothing has. */
  readonly failure: () => string | null;
  readonly destroy: () => void;
}

/** Null when no target of the plan may stop the run. Only the metrics that such targets name are added up. */
export function createTargetWatch(plan: Plan): TargetWatch | null {
  const targets = plan.targets.filter(({ abort }) => abort !== undefined);
  if (targets.length === 0) return null;
  const named = new Set(targets.map(({ target }) => target.metric));
  const metrics = plan.metrics.filter(({ name }) => named.has(name));
  const totals = createTotals(metrics);
  const { name } = plan.scenario;
  const reference = plan.reference ?? null;
  return {
    see: (interval) => {
      if (interval.measured) totals.add(interval);
    },
    failure: () => {
      const series = totals.series();
      // those of a server are known when they have been read
      const known = totals.metrics();
      const scenario = { name, metrics: known, reference };
      for (const target of targets) {
        const samples = samplesOf(series, target, known);
        if (target.abort === undefined || samples < target.abort.afterSamples) continue;
        const result = checkTarget({ scenario, series, intervals: [] }, target);
        if (result.outcome !== 'fail') continue;
        // of the variant that fails, which may have begun just now
        const own = samplesOf(series, target, known, result.tags);
        if (own >= target.abort.afterSamples) return describe(result, own);
      }
      return null;
    },
    destroy: totals.destroy,
  };
}

/** Operations that the target looks at: samples, attempts or events; readings of a gauge. */
function samplesOf(
  series: readonly Series[],
  { target }: TargetPlan,
  metrics: readonly MetricDefinition[],
  variant: Tags = {},
): number {
  const ofAttempts = metrics.find(({ name }) => name === target.metric)?.rate === 'ratio';
  return series
    .filter((one) => one.metric === target.metric && hasTags(one.tags, { ...wantedTags(target), ...variant }))
    .reduce((sum, one) => sum + (ofAttempts ? (one.of ?? 0) : one.count), 0);
}

function describe({ expr, actual, bounded, unit, perSecond }: TargetResult, samples: number): string {
  const measured =
    actual === null ? 'no data' : `${bounded ? '>= ' : ''}${formatValue(actual, unit, perSecond)}`;
  return `target failed: ${expr} (${measured} on ${samples} samples)`;
}
