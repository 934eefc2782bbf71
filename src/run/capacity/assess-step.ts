import { Distribution } from '../../measure/distribution.ts';
import { formatRatio, formatValue } from '../../model/units.ts';
import type { CapacityStep, StepLatency, StepOutcome } from '../../model/capacity.ts';
import type { RunResult, Series } from '../../model/result.ts';
import type { RateMeter } from './rate-meter.ts';

export interface StepRun {
  readonly kind: CapacityStep['kind'];
  readonly attempt: number;
  readonly ratePerSecond: number;
  /** Of the measured phase, as planned. */
  readonly forNs: number;
  readonly result: RunResult;
  readonly meter: Pick<RateMeter, 'due' | 'ended'>;
}

/** A server that answers less of what falls due is behind, and would be further behind with more time. */
const leastAchieved = 0.95;
/** So many standard deviations of the number of arrivals are no evidence (they may be random). */
const tolerance = 3;

/** What a step showed, and whether the rate holds. */
export function assessStep({ kind, attempt, ratePerSecond, forNs, result, meter }: StepRun): CapacityStep {
  const seconds = forNs / 1e9;
  const due = meter.due();
  const ended = meter.ended();
  const behind = due > 0 && ended < due * leastAchieved - tolerance * Math.sqrt(due * (1 - leastAchieved));
  const reasons = [
    ...(result.verdict.outcome === 'pass' ? [] : result.verdict.reasons),
    ...(behind
      ? [
          `only ${formatRatio(ended / due)} of the requests were answered while the load was on (${formatValue(ended / seconds, 'count', true)})`,
        ]
      : []),
  ];
  const { validity } = result;
  const errors = result.series.filter(({ metric }) => metric === 'errors');
  const outcome = outcomeOf(result, reasons.length > 0);
  const attempts = sum(errors, (one) => one.of ?? 0);
  return {
    kind,
    attempt,
    ratePerSecond,
    achievedPerSecond: ended / seconds,
    intendedPerSecond: due / seconds,
    requests: attempts,
    latency: latencyOf(result.series),
    errorRate: attempts > 0 ? sum(errors, (one) => one.count) / attempts : 0,
    errors: result.errors.slice(0, 20),
    outcome,
    reasons: [...new Set(outcome === 'invalid' ? [...validity.reasons, ...reasons] : reasons)],
    validity,
  };
}

/** A step that could not begin, since the server no longer answers. */
export function unreachableStep(
  step: Pick<CapacityStep, 'kind' | 'attempt' | 'ratePerSecond'>,
  reason: string,
): CapacityStep {
  return {
    ...step,
    achievedPerSecond: 0,
    intendedPerSecond: step.ratePerSecond,
    requests: 0,
    latency: null,
    errorRate: 0,
    errors: [],
    outcome: 'fail',
    reasons: [reason],
    validity: { state: 'valid', reasons: [] },
  };
}

/** A step that does not hold is no evidence against the server when the generator itself fell short. */
function outcomeOf({ validity }: RunResult, failed: boolean): StepOutcome {
  if (validity.state === 'invalid') return 'invalid';
  if (!failed) return 'pass';
  return validity.limit === 'generator' ? 'invalid' : 'fail';
}

function latencyOf(series: readonly Series[]): StepLatency | null {
  const distribution = new Distribution();
  try {
    for (const one of series) if (one.metric === 'response_time') distribution.addSeries(one);
    if (distribution.count === 0) return null;
    const at = (percentile: number): number => distribution.valueAt(percentile).value;
    const completed = distribution.count - distribution.censoredCount;
    return {
      p50: at(50),
      p95: at(95),
      p99: at(99),
      p999: at(99.9),
      max: distribution.max.value,
      boundedFrom: distribution.censoredCount > 0 ? (100 * completed) / distribution.count : null,
    };
  } finally {
    distribution.destroy();
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
