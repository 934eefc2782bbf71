import { rateUnitOf } from '../model/metrics.ts';
import { isServerMetric, serverPrefix } from '../model/metrics/server-metrics.ts';
import { namesLike } from '../model/nearest-name.ts';
import { aggregationsOf, samplesNeeded } from '../model/target.ts';
import { hasTags, readGroup, selectGroups, seriesKey } from '../measure/selection.ts';
import { readSlope, readWindows } from './windows.ts';
import type { Group, GroupReading } from '../measure/selection.ts';
import type { Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { TargetPlan } from '../model/plan.ts';
import type { RunResult, TargetResult, Verdict } from '../model/result.ts';
import type { Target } from '../model/target.ts';
import { describeTags, verdictOf } from './verdict.ts';

type Measured = Omit<RunResult, 'verdict'>;

/** The part of a result that targets look at. */
export interface TargetSubject extends Pick<Measured, 'series' | 'intervals'> {
  readonly scenario: Pick<Measured['scenario'], 'name' | 'metrics' | 'reference'>;
}

export interface JudgeOptions {
  /** The result that `baseline` means in targets. */
  readonly baseline?: Measured;
}

/** Check every target against what was measured. Fails closed: what cannot be shown is not passed. */
export function judge(
  measured: Measured,
  targets: readonly TargetPlan[],
  options: JudgeOptions = {},
): Verdict {
  return verdictOf(
    measured,
    targets.map((target) => checkTarget(measured, target, options)),
  );
}

interface Check {
  readonly reading: GroupReading;
  readonly limit: number;
  readonly group: Group;
}

/** Check one target against what was measured, or against what has been measured so far. */
export function checkTarget(
  measured: TargetSubject,
  plan: TargetPlan,
  options: JudgeOptions = {},
): TargetResult {
  const { target } = plan;
  const definition = measured.scenario.metrics.find((metric) => metric.name === target.metric);
  const base = {
    id: plan.id,
    scenario: measured.scenario.name,
    expr: plan.expr,
    source: plan.source,
    severity: plan.severity,
    line: plan.line,
    bounded: false,
    unit: definition === undefined ? ('count' as const) : unitOf(definition, target),
    perSecond: isPerSecond(definition, target),
    actual: null,
    limit: target.limit.kind === 'number' ? target.limit.value : null,
    margin: null,
    tags: {},
  };
  if (definition === undefined)
    return {
      ...base,
      outcome: 'no data',
      reason: `nothing was recorded for ${target.metric}${nearNames(target.metric, measured)}`,
    };
  const unfit = unfitReason(definition, target);
  if (unfit !== null) return { ...base, outcome: 'no data', reason: unfit };
  const groups = selectGroups(measured.series, target.metric, wantedTags(target)).filter(
    (group) => !isReferenceItself(group, target, measured),
  );
  const checks: Check[] = [];
  for (const group of groups) {
    const reading = readTarget(measured, group, definition, target);
    if (typeof reading === 'string')
      return { ...base, tags: group.variant, outcome: 'no data', reason: reading };
    const limit = limitFor(measured, group, definition, target, options);
    if (typeof limit === 'string')
      return { ...base, tags: group.variant, actual: reading.value, outcome: 'no data', reason: limit };
    checks.push({ reading, limit, group });
  }
  const worst = checks.toSorted((a, b) => marginOf(a, target) - marginOf(b, target))[0];
  if (worst === undefined)
    return {
      ...base,
      outcome: 'no data',
      reason: `nothing was recorded for ${target.metric}${describeTags(wantedTags(target))}`,
    };
  return { ...base, ...decide(worst, plan) };
}

/** What a server tells is known after the run only: the names that it does tell, most like the wanted one first. */
function nearNames(metric: string, { scenario }: TargetSubject): string {
  if (!isServerMetric(metric)) return '';
  const names = scenario.metrics.map(({ name }) => name).filter(isServerMetric);
  if (names.length === 0) return ': nothing was read of the server';
  const near = namesLike(metric.slice(serverPrefix.length), names, (name) => name.slice(serverPrefix.length));
  return near.length === 0
    ? `; the server tells ${names.length} others`
    : `; did you mean ${near.join(' or ')}?`;
}

/** Null when the metric has what the target asks for; a server decides what kind its metrics are of. */
function unfitReason({ name, kind, buckets }: MetricDefinition, { aggregation, op }: Target): string | null {
  const fitting = aggregationsOf[kind];
  if (!fitting.includes(aggregation.kind)) {
    const names = fitting.map((one) => (one === 'percentile' ? 'p95 (any percentile)' : one));
    return `${name} is a ${kind}: it has ${names.join(', ')}`;
  }
  if (buckets !== true || aggregation.kind === 'count') return null;
  if (aggregation.kind !== 'percentile')
    return `${name} is known by its buckets only: it has count and percentiles`;
  return op.startsWith('<')
    ? null
    : `percentiles of ${name} are upper bounds (of the server's buckets): only < and <= can be shown`;
}

function decide(
  check: Check,
  plan: TargetPlan,
): Pick<TargetResult, 'actual' | 'bounded' | 'limit' | 'margin' | 'tags' | 'outcome' | 'reason'> {
  const { reading, limit, group } = check;
  const { target } = plan;
  const values = {
    actual: reading.value,
    bounded: reading.bounded,
    limit,
    margin: finite(marginOf(check, target)),
    tags: group.variant,
  };
  const failed = plan.severity === 'warn' ? ('warn' as const) : ('fail' as const);
  if (reading.bounded && !target.op.startsWith('>')) {
    return {
      ...values,
      outcome: failed,
      reason: 'it falls among operations that never completed: the true value is at least this',
    };
  }
  if (!holds(reading.value, target.op, limit)) return { ...values, outcome: failed, reason: null };
  const needed = samplesNeeded(target.aggregation);
  if (reading.samples < needed) {
    return {
      ...values,
      outcome: 'underpowered',
      reason: `${reading.samples} samples; this percentile needs at least ${needed}`,
    };
  }
  return { ...values, outcome: 'pass', reason: null };
}

function readTarget(
  measured: TargetSubject,
  group: Group,
  definition: MetricDefinition,
  target: Target,
): GroupReading | string {
  const nothing = `nothing was recorded for ${target.metric}${describeTags({ ...wantedTags(target), ...group.variant })}`;
  const all = measured.intervals
    .filter(
      (interval) => interval.measured && (target.phase === null || interval.tags['phase'] === target.phase),
    )
    .map((interval) => ({
      startNs: interval.startNs,
      durationNs: interval.durationNs,
      stretch: stretchOf(interval.tags),
      round: interval.tags['round'] ?? '',
      series: interval.series.filter(
        (one) =>
          one.metric === target.metric && hasTags(one.tags, { ...wantedTags(target), ...group.variant }),
      ),
    }));
  // an interval without samples counts, where its phase has samples at all
  const active = new Set(all.filter((slice) => slice.series.length > 0).map((slice) => slice.stretch));
  const slices = all.filter((slice) => active.has(slice.stretch));
  if (target.aggregation.kind === 'slope') return readSlope(slices, group, definition);
  if (target.overNs !== null) return readWindows(slices, group, definition, target, target.overNs);
  return readGroup(group, definition, target.aggregation) ?? nothing;
}

/** Intervals of one phase, or of one round of a subject, follow each other without a gap. */
function stretchOf(tags: Tags): string {
  return seriesKey('', tags);
}

function limitFor(
  measured: TargetSubject,
  group: Group,
  definition: MetricDefinition,
  target: Target,
  options: JudgeOptions,
): number | string {
  const { limit } = target;
  if (limit.kind === 'number') return limit.value;
  const reference =
    limit.kind === 'reference'
      ? referenceGroup(measured, group, target)
      : baselineGroup(measured, options.baseline, group, target);
  if (typeof reference === 'string') return reference;
  const reading = readGroup(reference, definition, target.aggregation);
  if (reading === null) return `the ${limit.kind} has no data for ${target.metric}`;
  if (limit.kind === 'reference') return reading.value * limit.factor;
  const needed = samplesNeeded(target.aggregation);
  if (reading.samples < needed)
    return `the baseline has ${reading.samples} samples; this percentile needs at least ${needed}`;
  return reading.bounded
    ? "the baseline's value falls among operations that never completed"
    : reading.value * limit.factor;
}

function referenceGroup(measured: TargetSubject, group: Group, target: Target): Group | string {
  const subject = measured.scenario.reference;
  if (subject === null) return 'the scenario names no reference subject';
  const tags = { ...wantedTags(target), ...group.variant, subject };
  return (
    selectGroups(measured.series, target.metric, tags)[0] ??
    `nothing was recorded for the reference ${subject}`
  );
}

function baselineGroup(
  measured: TargetSubject,
  baseline: Measured | undefined,
  group: Group,
  target: Target,
): Group | string {
  if (baseline === undefined) return 'there is no baseline to compare with: name one with --baseline';
  if (baseline.validity.state === 'invalid') return 'the run of the baseline is invalid';
  if (baseline.scenario.name !== measured.scenario.name)
    return `the baseline is of another scenario, ${baseline.scenario.name}`;
  const found = selectGroups(baseline.series, target.metric, { ...wantedTags(target), ...group.variant })[0];
  return found ?? `the baseline has no ${target.metric}${describeTags(group.variant)}`;
}

/** A target relative to the reference says nothing of the reference itself. */
function isReferenceItself(group: Group, target: Target, measured: TargetSubject): boolean {
  return target.limit.kind === 'reference' && group.variant['subject'] === measured.scenario.reference;
}

/** Tags that a target's series have. */
export function wantedTags(target: Target): Readonly<Record<string, string>> {
  return target.phase === null ? target.tags : { ...target.tags, phase: target.phase };
}

function holds(actual: number, op: Target['op'], limit: number): boolean {
  return comparisons[op](actual, limit);
}

const comparisons = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
} satisfies Record<Target['op'], (a: number, b: number) => boolean>;

/** Distance inside the limit as a share of it; negative outside. */
function marginOf({ reading, limit }: Check, target: Target): number {
  const distance =
    target.op === '=='
      ? -Math.abs(reading.value - limit)
      : (limit - reading.value) * (target.op.startsWith('>') ? -1 : 1);
  if (distance === 0) return 0;
  return limit === 0 ? Math.sign(distance) * Infinity : distance / Math.abs(limit);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function unitOf(definition: MetricDefinition, { aggregation }: Target): TargetResult['unit'] {
  if (aggregation.kind === 'count') return 'count';
  return aggregation.kind === 'rate' ? rateUnitOf(definition) : definition.unit;
}

function isPerSecond(definition: MetricDefinition | undefined, { aggregation }: Target): boolean {
  return aggregation.kind === 'slope' || (aggregation.kind === 'rate' && definition?.rate === 'per-second');
}
