import { describeRun, toMeasured } from '../measured.ts';
import { createTotals } from '../totals.ts';
import type { Interval } from '../../model/interval.ts';
import type { Plan, TargetPlan } from '../../model/plan.ts';
import type { Environment, IntervalSummary, TargetResult } from '../../model/result.ts';
import type { Judging } from '../read-result.ts';

/** How a target stands while the run goes on: `open` cannot be told yet. */
export interface LiveTarget {
  readonly state: 'holds' | 'fails' | 'open';
  readonly result: TargetResult;
}

/** The targets of a running plan, judged on what there is; only the metrics that they name are kept. */
export interface LiveTargets {
  readonly add: (interval: Interval) => void;
  readonly judge: () => readonly LiveTarget[];
  readonly destroy: () => void;
}

/** Of a window target only the latest intervals are looked at again: a window that failed stays failed. */
const maxWindowIntervals = 120;

export function createLiveTargets(
  plan: Plan,
  environment: Environment,
  judge: Judging['judge'],
): LiveTargets {
  // a slope is of the whole run: it is judged at the end
  const judged = plan.targets.filter(({ target }) => target.aggregation.kind !== 'slope');
  const windows = judged.filter(({ target }) => target.overNs !== null);
  const longestNs = Math.max(0, ...windows.map(({ target }) => target.overNs ?? 0));
  const totals = createTotals(metricsOf(judged, plan));
  const windowNames = new Set(windows.map(({ target }) => target.metric));
  const header = describeRun(plan, environment, new Date(0));
  const failedOnce = new Map<TargetPlan, LiveTarget>();
  let recent: IntervalSummary[] = [];

  function summarise(interval: Interval): IntervalSummary {
    const own = createTotals(totals.metrics().filter(({ name }) => windowNames.has(name)));
    own.add(interval);
    const { startNs, durationNs, tags, measured } = interval;
    const series = own.series();
    own.destroy();
    return { startNs, durationNs, tags, measured, series };
  }

  function check(
    targets: readonly TargetPlan[],
    intervals: readonly IntervalSummary[],
  ): readonly TargetResult[] {
    const end = { durationNs: 0, complete: true, validity: { state: 'valid', reasons: [] } } as const;
    const collected = { series: totals.series(), metrics: totals.metrics(), intervals, errors: [] };
    return judge(toMeasured(header, collected, end), targets).targets;
  }

  return {
    add: (interval) => {
      if (!interval.measured || judged.length === 0) return;
      totals.add(interval);
      if (windows.length === 0) return;
      recent.push(summarise(interval));
      const fromNs = interval.startNs - longestNs - 1e9;
      recent = recent.filter((one) => one.startNs >= fromNs).slice(-maxWindowIntervals);
    },
    judge: () => {
      if (judged.length === 0) return [];
      return check(judged, recent).map((result, index): LiveTarget => {
        const target = judged[index];
        const now = { state: stateOf(result, target), result };
        if (target === undefined || target.target.overNs === null) return now;
        const before = failedOnce.get(target);
        if (before === undefined && now.state === 'fails') failedOnce.set(target, now);
        return before ?? now;
      });
    },
    destroy: totals.destroy,
  };
}

function stateOf(result: TargetResult, plan: TargetPlan | undefined): LiveTarget['state'] {
  if (result.outcome === 'pass') return 'holds';
  if (result.outcome === 'no data' || result.outcome === 'underpowered') return 'open';
  // a count that is too small can still grow
  const grows = plan?.target.aggregation.kind === 'count' && !plan.target.op.startsWith('<');
  const exceeded = plan?.target.op === '==' && (result.actual ?? 0) > (result.limit ?? Infinity);
  return grows && !exceeded ? 'open' : 'fails';
}

function metricsOf(targets: readonly TargetPlan[], plan: Plan): Plan['metrics'] {
  const names = new Set(targets.map(({ target }) => target.metric));
  return plan.metrics.filter(({ name }) => names.has(name));
}
