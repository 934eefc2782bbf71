import { metricCatalogue } from '../../../src/model/metrics.ts';
import { histogramSeries, interval, measured, range } from '../../helpers/results.ts';
import { loadPlan } from '../../load/plans.ts';
import type { LoadPlan } from '../../../src/model/plan.ts';
import type { Validity } from '../../../src/model/result.ts';
import type { CapacityContext } from '../../../src/run/capacity/capacity.ts';

export interface SimulatedStep {
  readonly latencyNs: number;
  /** Share of the requests that fail. */
  readonly errorRate?: number;
  /** Share of the requests that end while the load is on. */
  readonly answered?: number;
  readonly validity?: Validity;
  readonly aborted?: string;
}

export type SimulatedServer = (ratePerSecond: number, plan: LoadPlan) => SimulatedStep;

export function capacityPlan(changes: Partial<LoadPlan> = {}): LoadPlan {
  return loadPlan({ metrics: metricCatalogue.load, ...changes });
}

export function rateOf(plan: LoadPlan): number {
  const arrivals = plan.phases.at(-1)?.arrivals;
  return arrivals?.model === 'open' ? arrivals.ratePerSecond : 0;
}

/** In place of `run`: no time passes and nothing is sent; the result is what the server's rule gives at the rate. */
export function measureWith(
  server: SimulatedServer,
  ran: LoadPlan[] = [],
): NonNullable<CapacityContext['measure']> {
  return (plan, options) => {
    if (plan.kind !== 'load') throw new TypeError('Expected a load plan');
    ran.push(plan);
    const step = server(rateOf(plan), plan);
    const {
      latencyNs,
      errorRate = 0,
      answered = 1,
      validity = { state: 'valid', reasons: [] },
      aborted,
    } = step;
    const forNs = plan.phases.at(-1)?.forNs ?? 0;
    const due = Math.round((rateOf(plan) * forNs) / 1e9);
    const ended = Math.round(due * answered);
    const failed = Math.round(due * errorRate);
    const tags = { name: 'get', phase: 'step' };
    options?.sink?.(
      interval({
        durationNs: forNs,
        tags: { phase: 'step' },
        counters: [
          { metric: 'arrivals', tags: { name: 'get' }, count: due, of: forNs },
          { metric: 'errors', tags: { name: 'get' }, count: failed, of: ended },
        ],
      }),
    );
    return Promise.resolve(
      measured(
        [
          histogramSeries(
            'response_time',
            tags,
            range(Math.min(due, 2000), () => latencyNs),
          ),
          {
            metric: 'errors',
            tags,
            unit: 'count',
            kind: 'counter',
            count: failed,
            of: due,
            rate: due > 0 ? failed / due : 0,
          },
          {
            metric: 'throughput',
            tags,
            unit: 'count',
            kind: 'counter',
            count: due - failed,
            of: forNs,
            rate: 1,
          },
        ],
        { validity, complete: aborted === undefined, ...(aborted !== undefined && { aborted }) },
      ),
    );
  };
}
