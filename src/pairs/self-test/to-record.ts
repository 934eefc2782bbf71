import type { PairedDecision, SeriesDecision } from '../../model/paired.ts';
import { injections } from './self-test-record.ts';
import type { SelfTestRecord } from './self-test-record.ts';

const maxReasons = 3;

/** What is kept of a decision. */
export function toRecord(
  scenario: string,
  bout: number,
  injected: number,
  { outcome, pairs, reasons, series }: PairedDecision,
): SelfTestRecord {
  const speed = series.filter(isSpeed);
  // what is injected is a share of the time from call to call; medians of short calls have the clock in them
  const rates = speed.filter(({ statistic }) => statistic === 'rate');
  const [shown] = rates.length > 0 ? rates : speed;
  return {
    scenario,
    bout,
    injected,
    outcome,
    pairs,
    seen: shown === undefined ? null : slowdownOf(shown),
    detectable: extreme(
      Math.min,
      speed.filter(({ gated }) => gated).map((one) => one.change?.detectable ?? null),
    ),
    spread: extreme(
      Math.max,
      speed.filter(({ gated }) => gated).map((one) => one.change?.spread ?? null),
    ),
    reasons: reasons.slice(0, maxReasons).map((reason) => reason.slice(0, 300)),
  };
}

/** Whether a value is one of those that a line of the log holds. */
export function isRecord(value: unknown): value is SelfTestRecord {
  if (typeof value !== 'object' || value === null) return false;
  const has = (name: string, test: (field: unknown) => boolean): boolean => test(Reflect.get(value, name));
  const isNumber = (field: unknown): boolean => typeof field === 'number' && Number.isFinite(field);
  const orNull = (field: unknown): boolean => field === null || isNumber(field);
  return (
    has('scenario', (field) => typeof field === 'string') &&
    has('bout', isNumber) &&
    has('injected', (field) => injections.some((one) => one === field)) &&
    has('outcome', (field) => typeof field === 'string' && Object.hasOwn(outcomes, field)) &&
    has('pairs', isNumber) &&
    has('seen', orNull) &&
    has('detectable', orNull) &&
    has('spread', orNull) &&
    has('reasons', (field) => Array.isArray(field) && field.every((one) => typeof one === 'string'))
  );
}

const outcomes = { pass: 1, fail: 1, inconclusive: 1, 'no data': 1, unfit: 1 } satisfies Record<
  PairedDecision['outcome'],
  1
>;

function isSpeed({ metric, statistic }: SeriesDecision): boolean {
  return (
    (metric === 'op_duration' && statistic === 'p50') || (metric === 'throughput' && statistic === 'rate')
  );
}

/** How much slower, whichever way the metric counts. */
function slowdownOf({ change, better }: SeriesDecision): number | null {
  if (change === null || change.scale !== 'ratio') return null;
  return better === 'higher' ? 1 / (1 + change.estimate) - 1 : change.estimate;
}

function extreme(choose: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : choose(...known);
}
