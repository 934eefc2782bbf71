import { hasTags, readGroup, selectGroups } from '../measure/selection.ts';
import { welchDifference } from '../measure/statistics/welch.ts';
import { isServerMetric, serverPrefix } from '../model/metrics/server-metrics.ts';
import { rateUnitOf } from '../model/metrics.ts';
import { aggregationsOf, parseTarget } from '../model/target.ts';
import { formatValue } from '../model/units.ts';
import { labelOf } from './rows.ts';
import { plain } from './text.ts';
import type { Group } from '../measure/selection.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { RunResult, Series } from '../model/result.ts';
import type { Aggregation } from '../model/target.ts';

/** One statistic of a variant beside that of the reference. */
export interface VariantRow {
  readonly label: string;
  /** `response_time p95 in steady` */
  readonly statistic: string;
  readonly value: string;
  readonly reference: string;
  /** `x 0.41` */
  readonly ratio: string;
  /** `0.38 to 0.44`, or why there is none. */
  readonly interval: string;
}

export const variantColumns = ['value', 'reference', 'ratio', '95% interval'] as const;

/** What is compared: one number of each variant. */
interface Compared {
  readonly definition: MetricDefinition;
  readonly aggregation: Aggregation;
  readonly tags: Readonly<Record<string, string>>;
  readonly phase: string | null;
}

/** Statistics that are shown of every run that has them; beside these, what targets say of the reference. */
const usual: readonly (readonly [metric: string, aggregation: Aggregation])[] = [
  ...['op_duration', 'response_time'].flatMap((metric) =>
    [50, 95, 99].map((percentile): readonly [string, Aggregation] => [
      metric,
      { kind: 'percentile', percentile },
    ]),
  ),
  ['throughput', { kind: 'rate' }],
  ['server.cpu_time', { kind: 'rate' }],
  ['server.rss', { kind: 'mean' }],
];

const mostRows = 60;

/**
 * Every variant beside the reference, over all measured phases and rounds; empty where there is no reference or nothing
 * beside it. The interval is that of the ratio from one round to the next (Welch's t on logarithms): a round is the
 * replicate, so it takes three of each.
 */
export function variantRows(result: RunResult): VariantRow[] {
  const { reference } = result.scenario;
  if (reference === null) return [];
  return comparedIn(result)
    .flatMap((compared) => rowsOf(result, compared, reference))
    .slice(0, mostRows);
}

function comparedIn(result: RunResult): Compared[] {
  const definitions = new Map(result.scenario.metrics.map((metric) => [metric.name, metric]));
  const all: Compared[] = [];
  for (const [metric, aggregation] of usual) {
    const definition = definitions.get(metric);
    if (definition !== undefined) all.push({ definition, aggregation, tags: {}, phase: null });
  }
  for (const { expr } of result.verdict.targets) {
    const target = parsed(expr);
    const definition = definitions.get(target?.metric ?? '');
    if (target === null || definition === undefined || !target.limitText.startsWith('reference')) continue;
    const { subject: _, ...tags } = target.tags;
    all.push({ definition, aggregation: target.aggregation, tags, phase: target.phase });
  }
  const byName = new Map(all.map((one) => [statisticOf(one), one]));
  return [...byName.values()].filter(
    ({ definition, aggregation }) =>
      aggregation.kind !== 'slope' && aggregationsOf[definition.kind].includes(aggregation.kind),
  );
}

function parsed(expr: string): ReturnType<typeof parseTarget> | null {
  try {
    return parseTarget(expr);
  } catch {
    // a result may come from a later version
    return null;
  }
}

function rowsOf(result: RunResult, compared: Compared, reference: string): VariantRow[] {
  const { definition, aggregation, phase } = compared;
  const tags = phase === null ? compared.tags : { ...compared.tags, phase };
  const groups = selectGroups(result.series, definition.name, tags);
  return groups.flatMap((group) => {
    if (group.variant['subject'] === reference || group.variant['subject'] === undefined) return [];
    const base = groups.find((one) => isSame(one.variant, { ...group.variant, subject: reference }));
    const value = readGroup(group, definition, aggregation);
    const limit = base === undefined ? null : readGroup(base, definition, aggregation);
    if (base === undefined || value === null || limit === null) return [];
    const text = (reading: typeof value): string =>
      `${reading.bounded ? '>= ' : ''}${valueText(definition, aggregation, reading.value)}`;
    const ratio = value.value / limit.value;
    const known = !value.bounded && !limit.bounded && Number.isFinite(ratio);
    return [
      {
        label: labelOf(group.variant),
        statistic: statisticOf(compared),
        value: text(value),
        reference: text(limit),
        ratio: known ? `x ${ratioText(ratio)}` : '',
        interval: known ? intervalText(result, compared, [base, group]) : '',
      },
    ];
  });
}

function isSame(a: Group['variant'], b: Group['variant']): boolean {
  return hasTags(a, b) && hasTags(b, a);
}

const roundsNeeded = 3;

function intervalText(result: RunResult, compared: Compared, groups: readonly [Group, Group]): string {
  const [base, head] = groups.map((group) => roundValues(result, compared, group).filter((one) => one > 0));
  if (base === undefined || head === undefined) return '';
  const fewest = Math.min(base.length, head.length);
  if (fewest < roundsNeeded) return `${fewest} rounds, it takes ${roundsNeeded}`;
  const difference = welchDifference(base.map(Math.log), head.map(Math.log));
  const [low, high] = difference?.interval(0.95).map((one) => ratioText(Math.exp(one))) ?? [];
  return low === undefined || high === undefined ? '' : `${low} to ${high}`;
}

/** One value for each round in which the variant was measured; none where a value is only a bound. */
function roundValues(result: RunResult, compared: Compared, { variant }: Group): number[] {
  const { definition, aggregation, tags, phase } = compared;
  const wanted = { ...tags, ...variant };
  const rounds = new Map<string, Series[]>();
  for (const { tags: own, measured, series } of result.intervals) {
    const { round } = own;
    if (!measured || round === undefined || (phase !== null && own['phase'] !== phase)) continue;
    const matching = series.filter((one) => one.metric === definition.name && hasTags(one.tags, wanted));
    if (matching.length > 0) rounds.set(round, [...(rounds.get(round) ?? []), ...matching]);
  }
  return [...rounds.values()].flatMap((series) => {
    const reading = readGroup({ metric: definition.name, variant, series }, definition, aggregation);
    return reading === null || reading.bounded ? [] : [reading.value];
  });
}

function statisticOf({ definition, aggregation, tags, phase }: Compared): string {
  const name = isServerMetric(definition.name)
    ? `server ${definition.name.slice(serverPrefix.length)}`
    : definition.name;
  const pairs = Object.entries(tags).map(([tag, value]) => `${tag}:${value}`);
  const of = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  const kind = aggregation.kind === 'percentile' ? `p${aggregation.percentile}` : aggregation.kind;
  return plain(`${name}${of} ${kind}${phase === null ? '' : ` in ${phase}`}`);
}

function valueText(definition: MetricDefinition, { kind }: Aggregation, value: number): string {
  if (kind === 'count') return formatValue(value, 'count');
  if (kind !== 'rate') return formatValue(value, definition.unit);
  const isShare = definition.rate === 'ratio';
  return formatValue(value, isShare ? rateUnitOf(definition) : definition.unit, !isShare);
}

function ratioText(ratio: number): string {
  return ratio >= 1000 || ratio < 0.001 ? ratio.toExponential(1) : String(Number(ratio.toPrecision(3)));
}
