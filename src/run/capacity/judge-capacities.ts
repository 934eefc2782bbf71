import { checkTarget } from '../../judge/judge.ts';
import { capacityMetric } from '../../model/capacities.ts';
import { hasTags } from '../../measure/selection.ts';
import { formatValue } from '../../model/units.ts';
import type { SubjectCapacity } from '../../model/capacities.ts';
import type { CapacityOutcome } from '../../model/capacity.ts';
import type { LoadPlan, TargetPlan } from '../../model/plan.ts';
import type { Outcome, Series, TargetResult, Verdict } from '../../model/result.ts';

export interface SearchesEnd {
  /** Subjects that there are. */
  readonly expected: number;
  /** Why the searches ended early; null when they did not. */
  readonly broken: string | null;
}

/**
 * Check the targets on `capacity`. Only a capacity that was confirmed counts; one at the highest rate to be tried is a
 * lower bound, which can show that it is high enough and is no limit for another.
 */
export function judgeCapacities(
  plan: LoadPlan,
  found: readonly SubjectCapacity[],
  { expected, broken }: SearchesEnd,
): Verdict {
  const targets = plan.targets
    .filter(({ target }) => target.metric === capacityMetric.name)
    .map((target) => checkOne(plan, target, found));
  const counted = targets.filter(({ severity }) => severity === 'error');
  const outcomes = found.map(({ name, result }) => ({ name, outcome: result.outcome }));
  const failed = counted.filter(({ outcome }) => outcome === 'fail').map(reasonOf);
  const slow = outcomes.flatMap(({ name, outcome }) => (outcome === 'too slow' ? [`${name}: too slow`] : []));
  const open = [
    ...(broken === null ? [] : [broken]),
    ...(broken === null && found.length < expected ? ['the searches were interrupted'] : []),
    ...outcomes.flatMap(({ name, outcome }) =>
      words[outcome] === null ? [] : [`${name}: ${words[outcome]}`],
    ),
    ...counted.filter(({ outcome }) => outcome === 'no data').map(reasonOf),
  ];
  const outcome: Outcome = failed.length + slow.length > 0 ? 'fail' : open.length > 0 ? 'undecided' : 'pass';
  return { outcome, reasons: [...failed, ...slow, ...open], targets };
}

/** Why the search says nothing; null when it does. */
const words = {
  found: null,
  'too slow': null,
  generator: 'the generator, not the server, was the limit',
  undecided: 'no rate held for the soak',
  interrupted: 'the search was interrupted',
} satisfies Record<CapacityOutcome, string | null>;

function checkOne(plan: LoadPlan, target: TargetPlan, found: readonly SubjectCapacity[]): TargetResult {
  const { reference = null, scenario } = plan;
  const checked = checkTarget(
    {
      scenario: { name: scenario.name, metrics: [capacityMetric], reference },
      series: found.flatMap(seriesOf),
      intervals: [],
    },
    target,
  );
  const { limit, op, tags } = target.target;
  const limits = found.find(({ name }) => name === reference)?.result;
  if (limit.kind === 'reference' && limits?.atMaximum === true)
    return withoutData(checked, `the reference ${reference} ${onlyAtLeast(limits.capacityPerSecond)}`);
  const open = found.find(
    ({ name, result }) =>
      result.atMaximum &&
      hasTags({ subject: name }, tags) &&
      (limit.kind !== 'reference' || name !== reference),
  );
  const passes = checked.outcome === 'pass';
  if (open !== undefined && (op.startsWith('>') ? !passes && isOf(checked, open) : true))
    return withoutData(checked, `${open.name} ${onlyAtLeast(open.result.capacityPerSecond)}`);
  const missing = plan.subjects?.find(
    ({ name }) =>
      hasTags({ subject: name }, tags) && !found.some((one) => one.name === name && seriesOf(one).length > 0),
  );
  return missing === undefined || checked.outcome !== 'pass'
    ? checked
    : withoutData(checked, `no capacity was found of ${missing.name}`);
}

function isOf({ tags }: TargetResult, { name }: SubjectCapacity): boolean {
  return tags['subject'] === name;
}

function seriesOf({ name, result }: SubjectCapacity): Series[] {
  const { outcome, capacityPerSecond } = result;
  if (outcome !== 'found' || capacityPerSecond === null) return [];
  const head = { metric: capacityMetric.name, tags: { subject: name }, unit: capacityMetric.unit } as const;
  return [{ ...head, kind: 'counter', count: capacityPerSecond, of: 1e9, rate: capacityPerSecond }];
}

function onlyAtLeast(perSecond: number | null): string {
  return `did at least ${formatValue(perSecond ?? 0, 'count', true)}, the highest rate that was tried: raise --max`;
}

function withoutData(result: TargetResult, reason: string): TargetResult {
  return { ...result, outcome: 'no data', margin: null, reason };
}

function reasonOf({ outcome, expr, reason }: TargetResult): string {
  const why = outcome === 'fail' ? 'target failed' : outcome;
  return `${why}: ${expr}${reason === null ? '' : ` (${reason})`}`;
}
